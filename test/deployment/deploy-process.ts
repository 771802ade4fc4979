import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/**
 * Runs the command to its end, in a process that knows no other settings and finds programs in `path` alone. As in the npm
 * script, `--` keeps Node from taking `--env-file` for itself: it looks for that behind the script, too.
 */
export async function runDeploy(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  path = '/nonexistent',
): Promise<Ran> {
  const script = join(import.meta.dirname, '../../scripts/deploy-cloud.ts');
  const child = spawn(process.execPath, ['--', script, ...args], {
    env: { PATH: path, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}
