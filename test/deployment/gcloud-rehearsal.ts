/**
 * Deploys with the real gcloud to a stand-in for Google's APIs, and compares what it sends with what is known to be right:
 *
 *     node test/deployment/gcloud-rehearsal.ts            exit code 0: rehearsed; 77: there is no gcloud; 1: a difference
 *     node test/deployment/gcloud-rehearsal.ts --update   takes what is sent now for right
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { runSteps } from '../../scripts/deploy/run-steps.ts';
import { readDeploySettings } from '../../scripts/deploy/settings.ts';
import { pasted } from '../../scripts/deploy/shell.ts';
import { readSource } from '../../scripts/deploy/source.ts';
import { stepsOf, type Step } from '../../scripts/deploy/steps.ts';
import { temporaryDirectory } from '../integration/gateway-process.ts';
import { difference, inAnyOrder, withoutVolatile, type Capture } from './captured-requests.ts';
import { startFakeGoogleApi, type Captured, type FakeGoogleApi } from './fake-google-api.ts';
import { commandsIn } from './documented-commands.ts';
import { gcloudThrough, lint, type Gcloud } from './gcloud.ts';

const NOT_REHEARSED = 77;
const ROOT = new URL('../../', import.meta.url);
const EXPECTED = new URL('../fixtures/deployment/gcloud-requests.json', import.meta.url);

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg !== '--update')) return told(2, 'Usage: gcloud-rehearsal.ts [--update]');
  await using api = await startFakeGoogleApi();
  await using directory = await temporaryDirectory();
  const gcloud = gcloudThrough(api.port, directory.path);
  const version = await versionOf(gcloud);
  if (version === undefined) return told(NOT_REHEARSED, 'NOT REHEARSED: gcloud is not installed');
  const steps = plannedSteps();
  if (!(await isLinted(gcloud, steps, directory.path))) return 1;
  if (!(await isDeployed(gcloud, steps))) return 1;
  const requests = withoutVolatile(api.captured) as Captured[];
  if (!(await isUnchangedByAnother(gcloud, steps, api))) return 1;
  return compare({ gcloud: version, requests }, args.length > 0);
}

function plannedSteps(): Step[] {
  const target = { project: undefined, region: 'us-central1', image: undefined, tasks: 4 };
  return stepsOf(readDeploySettings(readSource(undefined, true, {}).env, target));
}

/** undefined: there is none. */
async function versionOf(gcloud: Gcloud): Promise<string | undefined> {
  try {
    const { stdout } = await gcloud(['version', '--format=value("Google Cloud SDK")']);
    return stdout.trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Every command that is planned or documented; and those that must not pass, or the check would be worth nothing. */
async function isLinted(gcloud: Gcloud, steps: readonly Step[], directory: string): Promise<boolean> {
  const planned = steps.flatMap(({ unless, command }) => [...(unless ? [unless] : []), command]).map(pasted);
  const texts = ['README.md', ...globSync('docs/*.md', { cwd: ROOT })];
  const documented = texts.flatMap((path) => commandsIn(readFileSync(new URL(path, ROOT), 'utf8')));
  const commands = [...planned, ...documented];
  const wrong = commands.filter((command) => command.includes('--min-instances=1')).map(misspelt);
  const linted = await lint(gcloud, [...commands, ...wrong], directory);
  const refused = linted.slice(0, commands.length).filter(({ success }) => !success);
  for (const { command_string, error_message } of refused) told(1, `${command_string}\n  ${error_message}`);
  if (refused.length > 0) return false;
  const rest = linted.slice(commands.length);
  if (wrong.length === 0 || rest.length !== wrong.length || rest.some(({ success }) => success)) {
    told(1, 'A misspelt flag was not noticed: what was linted proves nothing.');
    return false;
  }
  told(0, `${commands.length} commands linted, ${documented.length} of them from the documentation`);
  return true;
}

function misspelt(command: string): string {
  return command.replace('--min-instances', '--min-instanecs');
}

function isDeployed(gcloud: Gcloud, steps: readonly Step[]): Promise<boolean> {
  const run = async ([, ...args]: readonly string[], quiet: boolean): Promise<number> => {
    const { code, stderr } = await gcloud(args);
    if (code !== 0 && !quiet) told(1, stderr);
    return code;
  };
  return runSteps(steps, { run, say: (line) => void told(0, line) });
}

/** What is there already stays as it is: volumes, secrets and mounts are merged by gcloud, and must not add up. */
async function isUnchangedByAnother(
  gcloud: Gcloud,
  steps: readonly Step[],
  { resources }: FakeGoogleApi,
): Promise<boolean> {
  told(0, 'And once more:');
  const before = snapshot(resources);
  if (!(await isDeployed(gcloud, steps))) return false;
  const found = difference(snapshot(resources), before);
  if (found !== undefined) told(1, `${found}\nA second deployment of the same settings has changed this.`);
  return found === undefined;
}

function snapshot(resources: FakeGoogleApi['resources']): unknown {
  return inAnyOrder(withoutVolatile(Object.fromEntries(resources)));
}

function compare(capture: Capture, update: boolean): number {
  if (update) {
    writeFileSync(EXPECTED, `${JSON.stringify(capture, null, 2)}\n`);
    return told(0, `${capture.requests.length} requests written`);
  }
  const expected = JSON.parse(readFileSync(EXPECTED, 'utf8')) as Capture;
  const found = difference(capture.requests, expected.requests);
  if (found === undefined) return told(0, `rehearsed: ${capture.requests.length} requests, all as expected`);
  told(1, found);
  return told(
    1,
    `The requests differ. Expected are those of gcloud ${expected.gcloud}; this is ${capture.gcloud}. If they are right: --update`,
  );
}

function told(code: number, line: string): number {
  (code === 1 ? process.stderr : process.stdout).write(`${line}\n`);
  return code;
}
