import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs one command. */
export type Gcloud = (args: readonly string[]) => Promise<Ran>;

export type LintedCommand = {
  readonly command_string: string;
  readonly success: boolean;
  readonly error_message: string | null;
};

/** One that hangs is ended, and fails. */
const COMMAND_MS = 120_000;

const APIS = ['run', 'serviceusage', 'iam', 'secretmanager', 'cloudresourcemanager', 'storage'];

/**
 * The real gcloud with a configuration of its own in `directory`, no account, and everything that leaves it going to
 * the proxy at `port`. That is also where it finds the APIs of a region, whose names it makes itself.
 */
export function gcloudThrough(port: number, directory: string): Gcloud {
  const proxy = `http://127.0.0.1:${port}`;
  const overrides = APIS.map((api) => [
    `CLOUDSDK_API_ENDPOINT_OVERRIDES_${api.toUpperCase()}`,
    `http://${api}.fake.test/`,
  ]);
  const env = {
    PATH: process.env['PATH'],
    HOME: directory,
    CLOUDSDK_CONFIG: directory,
    CLOUDSDK_AUTH_DISABLE_CREDENTIALS: 'true',
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
    CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: 'true',
    CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: 'true',
    http_proxy: proxy,
    https_proxy: proxy,
    ...(Object.fromEntries(overrides) as Record<string, string>),
  };
  return (args) => run(args, env);
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  const child = spawn('gcloud', args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.timeout(COMMAND_MS),
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code: code ?? 1, stdout, stderr };
}

/**
 * What gcloud thinks of commands, one a line, without running them: names, flags, choices and types of values. It gives up at a
 * wrong key within a value (`--startup-probe=periodSecond=2`); that is one more fault, without a command.
 */
export async function lint(
  gcloud: Gcloud,
  commands: readonly string[],
  directory: string,
): Promise<readonly LintedCommand[]> {
  const file = join(directory, 'commands.md');
  await writeFile(file, `\`\`\`sh\n${commands.join('\n')}\n\`\`\`\n`);
  const { code, stdout, stderr } = await gcloud([
    'meta',
    'lint-gcloud-commands',
    `--commands-text-file=${file}`,
  ]);
  if (code !== 0) return [{ command_string: 'gcloud', success: false, error_message: stderr.trim() }];
  return JSON.parse(stdout) as LintedCommand[];
}
