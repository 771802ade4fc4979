/**
 * Lets the real gcloud read cloudbuild.yaml, with no account and no network: it checks every field before it asks who is there.
 *
 *     node test/deployment/cloudbuild-rehearsal.ts
 *
 * Exit code 0: rehearsed. 1: gcloud refuses the file. 2: it takes no arguments. 77: there is no gcloud.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '../integration/gateway-process.ts';

const NOT_REHEARSED = 77;
const CONFIG = join(import.meta.dirname, '../../cloudbuild.yaml');

type Verdict = { readonly kind: 'accepted' | 'refused' | 'no gcloud'; readonly said: string };

/** What gcloud thinks of a build's configuration. `home` keeps it away from the accounts of this machine. */
function verdict(config: string, home: string): Promise<Verdict> {
  const args = ['builds', 'submit', '--no-source', '--project=rehearsal', `--config=${config}`];
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    CLOUDSDK_CONFIG: home,
    CLOUDSDK_CORE_CHECK_GCE_METADATA: 'false',
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
    CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: 'true',
  };
  return new Promise((resolve) => {
    execFile('gcloud', args, { env, timeout: 120_000 }, (error, _stdout, said) => {
      if (error?.code === 'ENOENT') resolve({ kind: 'no gcloud', said });
      else
        resolve({
          kind: /do not currently have an active account/.test(said) ? 'accepted' : 'refused',
          said,
        });
    });
  });
}

/** A check that lets a misspelt field pass would be worth nothing. */
async function misspelt(directory: string): Promise<string> {
  const path = join(directory, 'misspelt.yaml');
  await writeFile(path, (await readFile(CONFIG, 'utf8')).replace('entrypoint:', 'entrypiont:'));
  return path;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) return told(2, 'Usage: npm run rehearse:build');
  await using directory = await temporaryDirectory();
  const { kind, said } = await verdict(CONFIG, directory.path);
  if (kind === 'no gcloud') return told(NOT_REHEARSED, 'NOT REHEARSED: gcloud is not installed');
  if (kind === 'refused') return told(1, said);
  const wrong = await verdict(await misspelt(directory.path), directory.path);
  if (!wrong.said.includes('entrypiont')) return told(1, 'A misspelt field was not noticed.');
  return told(0, 'cloudbuild.yaml: every field is one that gcloud knows; a misspelt one is refused');
}

function told(code: number, line: string): number {
  (code === 1 || code === 2 ? process.stderr : process.stdout).write(`${line}\n`);
  return code;
}

process.exitCode = await main(process.argv.slice(2));
