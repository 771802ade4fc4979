import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './ports.ts';

/** Java takes its time on a busy machine. */
const READY_MS = 60_000;

export type FirestoreEmulator = AsyncDisposable & {
  /** As FIRESTORE_EMULATOR_HOST wants it. */
  readonly host: string;
};

/**
 * Starts Google's own emulator of Firestore; resolves when it serves. It is killed when this process exits.
 *
 * @throws Error with the reason when it does not come up
 */
export async function startFirestoreEmulator(): Promise<FirestoreEmulator> {
  const host = `127.0.0.1:${await freePort()}`;
  // In a process group of its own: gcloud starts a shell, which starts Java, and neither ends with gcloud.
  const child = spawn('gcloud', ['--quiet', 'emulators', 'firestore', 'start', `--host-port=${host}`], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = (): void => killGroup(child.pid);
  process.on('exit', kill);
  const emulator = {
    host,
    async [Symbol.asyncDispose](): Promise<void> {
      const isOver = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
      const exited = isOver ? undefined : once(child, 'exit');
      kill();
      await exited;
      process.off('exit', kill);
    },
  };
  try {
    await Promise.race([answers(host), ended(child)]);
    return emulator;
  } catch (error) {
    await emulator[Symbol.asyncDispose]();
    throw error;
  }
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it is gone already.
  }
}

async function answers(host: string): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (!(await isReady(host))) {
    if (performance.now() > deadline)
      throw new Error(`the emulator does not answer after ${READY_MS / 1000} s`);
    await delay(50);
  }
}

async function isReady(host: string): Promise<boolean> {
  const response = await fetch(`http://${host}/`, { signal: AbortSignal.timeout(2000) }).catch(
    () => undefined,
  );
  return response?.ok ?? false;
}

/** Rejects when the process ends, with its last words. */
async function ended(child: ChildProcessByStdio<null, Readable, Readable>): Promise<never> {
  const log: string[] = [];
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on('line', (line) => log.push(line));
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    throw new Error([`gcloud exited (${code})`, ...log.slice(-5)].join('; '));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new Error('gcloud is not on the PATH', { cause: error });
    throw error;
  }
}
