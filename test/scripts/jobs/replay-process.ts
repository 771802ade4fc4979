import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { readStored } from '../../../gateway/bus/embedded-reader.ts';
import { systemClock } from '../../../gateway/clock.ts';
import type { Envelope } from '../../../shared/envelope.ts';
import { poll } from '../../fakes/poll.ts';

const SCRIPT = join(import.meta.dirname, '../../../scripts/jobs/replay.ts');

/** The command in a process of its own; it is killed with the test. */
export function start(t: TestContext, args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [SCRIPT, ...args], { env: { PATH: process.env['PATH'], ...env } });
  t.after(() => child.kill('SIGKILL'));
  // Whoever ends before its input does closes the pipe.
  child.stdin.on('error', () => undefined);
  const exitCode = once(child, 'exit').then(([code]) => code as number | null);
  const ended = Promise.all([exitCode, text(child.stdout), text(child.stderr)]).then(
    ([code, stdout, stderr]) => ({ code, stdout, stderr }),
  );
  return { child, ended };
}

/** Runs it to its end; `input`: a file for its standard input. */
export function run(
  t: TestContext,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input?: string,
) {
  const { child, ended } = start(t, args, env);
  if (input === undefined) child.stdin.end();
  else createReadStream(input).pipe(child.stdin);
  return ended;
}

/** The bodies on the embedded bus, in stored order. */
export async function stored(dataDir: string): Promise<string[]> {
  const bodies: string[] = [];
  const { signal } = new AbortController();
  const options = { dataDir, subject: 'internal.ingress.v1', clock: systemClock, signal } as const;
  for await (const { body } of readStored({ ...options, from: 'start', follow: false })) {
    bodies.push(Buffer.from(body).toString());
  }
  return bodies;
}

export async function storedIds(dataDir: string): Promise<string[]> {
  return (await stored(dataDir)).map((body) => (JSON.parse(body) as Envelope).id);
}

/** Resolves once so many are stored. */
export async function untilStored(dataDir: string, count: number): Promise<void> {
  await poll(async () => {
    const { length } = await stored(dataDir);
    if (length < count) throw new Error(`${length} of ${count} are stored`);
  });
}
