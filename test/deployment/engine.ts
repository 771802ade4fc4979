import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const SCRIPTS = join(import.meta.dirname, '../../scripts/rehearse');

/** The verbs that are at work, each in a process group of its own with whatever it has started. */
const atWork = new Set<ChildProcess>();

/** What can build and run an image here; scripts/rehearse/engine-docker.sh tells the verbs. */
export type Engine = {
  /** Its name and version, and what it takes for the base image. */
  readonly name: string;
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
};

/** Why each engine that was tried is none. */
export type NoEngine = { readonly reasons: readonly string[] };

const CANDIDATES = [
  { script: join(SCRIPTS, 'engine-docker.sh'), env: { ENGINE: 'docker' } },
  { script: join(SCRIPTS, 'engine-docker.sh'), env: { ENGINE: 'podman' } },
  { script: join(SCRIPTS, 'engine-buildah.sh'), env: {} },
] as const;

/**
 * Lends the first engine that is ready here to `use`, and afterwards takes away what it made.
 *
 * @param workDir a directory for what is made on the way; the caller's to remove
 * @param candidates in the order of preference
 */
export async function withEngine<T>(
  workDir: string,
  tag: string,
  use: (engine: Engine) => Promise<T>,
  candidates: readonly Omit<Engine, 'name'>[] = CANDIDATES,
): Promise<T | NoEngine> {
  const reasons: string[] = [];
  for (const { script, env } of candidates) {
    const engine = { name: '', script, env: { ...env, WORK_DIR: workDir } };
    try {
      const ready = await readiness(engine);
      if (ready.ok) return await use({ ...engine, name: ready.line });
      reasons.push(ready.line);
    } finally {
      await call(engine, 'clean', tag).catch(() => {}); // what was never made cannot be taken away
    }
  }
  return { reasons };
}

/** Resolves with what the verb printed; rejects with that and what it complained of. */
export async function call(engine: Engine, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, ...engine.env };
  const child = spawn(engine.script, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  atWork.add(child);
  try {
    const [[code, signal], stdout, stderr] = await Promise.all([
      once(child, 'close') as Promise<[number | null, string | null]>,
      text(child.stdout),
      text(child.stderr),
    ]);
    if (code === 0) return stdout.trim();
    throw Object.assign(new Error(`${args.join(' ')}: ${signal ?? code}\n${stderr.trim()}`), { stdout });
  } finally {
    atWork.delete(child);
  }
}

/** Ends what is at work with everything that it has started: its call rejects, and what was made is taken away. */
export function interrupt(): void {
  for (const { pid } of atWork) if (pid !== undefined) process.kill(-pid, 'SIGTERM');
}

/** The last line of `ready` is its name, or says what is missing; rejects when it broke without a word. */
async function readiness(engine: Engine): Promise<{ readonly ok: boolean; readonly line: string }> {
  try {
    return { ok: true, line: await call(engine, 'ready') };
  } catch (error) {
    const { stdout = '' } = error as { readonly stdout?: string };
    const line = stdout.trim().split('\n').at(-1);
    if (!line) throw error;
    return { ok: false, line };
  }
}
