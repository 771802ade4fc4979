import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Who runs where: the subject has a core to itself, and the world around it another. */
export type Side = 'subject' | 'world';

const CORES: Readonly<Record<Side, string>> = { subject: '0', world: '1' };

/** CPU ticks per second, as Linux reports them (USER_HZ). */
const TICKS_PER_S = 100;

/** A child process, pinned to its side if there is more than one core, which dies with this one. */
export class Process {
  readonly child: ChildProcess;
  readonly #name: string;
  #said = '';

  constructor(
    name: string,
    side: Side,
    command: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) {
    const [file = '', ...args] = [...pinning(side), ...command];
    const { PATH = '', HOME = '' } = process.env;
    this.#name = name;
    this.child = spawn(file, args, {
      env: { PATH: `${PATH}:/usr/sbin`, HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream
        ?.setEncoding('utf8')
        .on('data', (text: string) => (this.#said = (this.#said + text).slice(-4000)));
    }
    running.add(this.child);
    this.child.once('exit', () => running.delete(this.child));
  }

  /** The first message of the child that `pick` takes. @throws when the process ends first */
  async hears<T>(pick: (message: unknown) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: unknown): void => {
        const picked = pick(message);
        if (picked === undefined) return;
        this.child.off('message', onMessage);
        resolve(picked);
      };
      this.child.on('message', onMessage);
      this.child.once('exit', () => reject(new Error(this.obituary())));
      this.child.once('error', reject);
    });
  }

  tell(message: object): void {
    this.child.send(message);
  }

  get isOver(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Its last words. */
  obituary(): string {
    return `${this.#name} ended (${this.child.exitCode ?? this.child.signalCode ?? 'running'}):\n${this.#said}`;
  }

  /** Seconds of CPU so far. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
  }

  /** Resident memory in MiB: now (`VmRSS`), or the most there ever was (`VmHWM`). */
  memoryMiB(field: 'VmRSS' | 'VmHWM'): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
  }

  /** Ends it, and waits for its end. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    if (this.isOver) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function pinning(side: Side): readonly string[] {
  return availableParallelism() > 1 ? ['taskset', '-c', CORES[side]] : [];
}
