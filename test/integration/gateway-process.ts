import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };

/** What stands behind `exec node` in the start script. */
const START = packageJson.scripts.start.split(' ').slice(2);

const ROOT = join(import.meta.dirname, '../..');

export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** A gateway as users run it, in a process of its own (and of its own process group). */
export class GatewayProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly #ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    const { PATH = '', HOME = '' } = process.env;
    this.child = spawn(command, args, { cwd: ROOT, detached: true, env: { PATH, HOME, ...env } });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.#ended = once(this.child, 'close').then(([code, signal]) => ({ code, signal }));
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** The log, a record a line; lines of npm are left out. */
  get log(): readonly Readonly<Record<string, unknown>>[] {
    const lines = this.#stdout.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Resolves with the first record of that message; rejects when the process ends without it. */
  async logged(message: string): Promise<Readonly<Record<string, unknown>>> {
    const find = () => this.log.find((record) => record['message'] === message);
    for (;;) {
      const found = this.#stdout.endsWith('\n') ? find() : undefined;
      if (found) return found;
      const next = this.child.stdout ? once(this.child.stdout, 'data') : undefined;
      const gone = this.#ended.then(() => 'gone');
      if ((await Promise.race([next, gone])) === 'gone' && !find())
        throw new Error(`ended without "${message}":\n${this.#stdout}${this.#stderr}`);
    }
  }

  /** The pages' address, once it listens. */
  async url(): Promise<string> {
    const { port } = await this.logged('listening');
    return `http://127.0.0.1:${String(port)}`;
  }

  /** To the whole group, as a terminal does it with Ctrl-C. */
  signalGroup(signal: NodeJS.Signals): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, signal);
  }

  ended(): Promise<Ended> {
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.signalGroup('SIGKILL');
    await this.#ended;
  }
}

/** Through npm, as the README says. */
export function npmStart(env: Readonly<Record<string, string>>): GatewayProcess {
  return new GatewayProcess('npm', ['start'], env);
}

/** Without npm in between, under the flags of `npm start`. */
export function nodeMain(env: Readonly<Record<string, string>>, ...args: readonly string[]): GatewayProcess {
  return new GatewayProcess(process.execPath, [...START, ...args], env);
}

export type TemporaryDirectory = AsyncDisposable & { readonly path: string };

export async function temporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'ingress-egress-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
