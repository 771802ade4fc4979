import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { Changes } from '../../scripts/stand-in/changes.ts';

const MISSING =
  'nats-server is not on the PATH. Install it: apt-get install nats-server (or see https://docs.nats.io)';

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** One life of a `nats-server`: from its command line to its exit. It is killed when this process exits. */
export class NatsProcess {
  readonly #child: ChildProcessByStdio<null, null, Readable>;
  readonly #changes = new Changes();
  readonly #log: string[] = [];
  #end: string | undefined;

  constructor(args: readonly string[]) {
    this.#child = spawn('nats-server', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    running.add(this.#child);
    this.#child.once('error', (error) => this.#ended(isMissing(error) ? MISSING : error.message));
    this.#child.once('close', (code, signal) => this.#ended(`nats-server exited (${signal ?? code})`));
    createInterface({ input: this.#child.stderr }).on('line', (line) => this.#logged(line));
  }

  /** How it ended; undefined while it lives. */
  get end(): string | undefined {
    return this.#end;
  }

  /** How many lines it has logged: a place from which to look for later ones. */
  get logged(): number {
    return this.#log.length;
  }

  /**
   * The first line of the log that matches, from line `from` on.
   *
   * @throws Error with the end of the log when the process ends first
   */
  says(pattern: RegExp, from = 0): Promise<string> {
    return this.#changes.until(`nats-server to log ${pattern}`, () => {
      const line = this.#log.slice(from).find((text) => pattern.test(text));
      if (line === undefined && this.#end !== undefined) throw new Error(this.obituary());
      return line;
    });
  }

  /** How it ended, and its last words. */
  obituary(): string {
    return [this.#end ?? 'nats-server is running', ...this.#log.slice(-10)].join('\n');
  }

  /** @returns when it has exited */
  async signal(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#child.kill(signal);
    this.thaw();
    await this.#changes.until(`nats-server to exit on ${signal}`, () => this.#end !== undefined);
  }

  reload(): void {
    this.#child.kill('SIGHUP');
  }

  /** @returns when it has stopped: on a busy machine that is a while after the signal was sent. Needs Linux's /proc. */
  async freeze(): Promise<void> {
    this.#child.kill('SIGSTOP');
    while (this.#end === undefined && !isStopped(this.#child.pid)) await setImmediate();
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  #logged(line: string): void {
    this.#log.push(line);
    this.#changes.changed();
  }

  #ended(how: string): void {
    this.#end = how;
    running.delete(this.#child);
    this.#changes.changed();
  }
}

function isMissing(error: Error): boolean {
  return 'code' in error && error.code === 'ENOENT';
}

/** The state is the field after the name, which stands in brackets: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function isStopped(pid: number | undefined): boolean {
  return /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}
