import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Starts the command in a process of its own that knows no other settings. */
export function startRedrive(
  t: TestContext,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): { readonly ran: Promise<Ran>; signal(signal: NodeJS.Signals): void } {
  const script = join(import.meta.dirname, '../../scripts/jobs/redrive.ts');
  const child = spawn(process.execPath, [script, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const ran = Promise.all([ended, text(child.stdout), text(child.stderr)]).then(([code, stdout, stderr]) => {
    return { code, stdout, stderr };
  });
  return { ran, signal: (signal) => child.kill(signal) };
}

/** Runs it to its end. */
export function runRedrive(...of: Parameters<typeof startRedrive>): Promise<Ran> {
  return startRedrive(...of).ran;
}
