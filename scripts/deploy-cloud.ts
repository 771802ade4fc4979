import { parseArgs } from 'node:util';
import { integer } from '../gateway/config-parsers.ts';
import { BadUse } from './bad-use.ts';
import { commandsInWords, planInWords } from './deploy/in-words.ts';
import { runProgram, runSteps } from './deploy/run-steps.ts';
import { readDeploySettings, type DeploySettings, type Target } from './deploy/settings.ts';
import { readSource, type Source } from './deploy/source.ts';
import { stepsOf } from './deploy/steps.ts';
import { errorText } from '../shared/error-text.ts';

const REGION = 'us-central1';
/** As many tasks as a Cloud Run job can have. */
const MAX_TASKS = 10_000;
const PLACEHOLDER_PROJECT = 'my-project';

const USAGE = `Deploys the gateway to Cloud Run: a service of one instance that is always on, and the jobs.

Usage: npm run deploy:cloud -- [--dry-run] [--env-file F] [--project P] [--region R] [--image I] [--tasks N]

  --dry-run     checks the settings, prints the plan and every gcloud command, and runs none of them
  --env-file F  the settings, NAME=value a line, as in ops/cloud.env.example; otherwise the environment
  --project P   where to; otherwise GOOGLE_CLOUD_PROJECT of the settings
  --region R    otherwise ${REGION}
  --image I     otherwise REGION-docker.pkg.dev/PROJECT/ingress-egress/ingress-egress:latest
  --tasks N     tasks of the gateway as a job, each of which reads its share of the channels; otherwise 1
  --help        this text

Each command may be run again: what exists stays. It stops at the first one that fails.
Exit code 0: deployed, or planned; 1: a command failed; 2: bad use, or settings that cannot be deployed.
`;

type Request = Target & { readonly dryRun: boolean; readonly envFile: string | undefined };

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BadUse)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

async function main(args: readonly string[]): Promise<number> {
  const request = readRequest(args);
  if (request === 'help') return say(USAGE);
  const source = readSource(request.envFile, request.dryRun, process.env);
  if (request.dryRun) return plan(source, request);
  const settings = readDeploySettings(source.env, request);
  say(planInWords(settings));
  return (await deploy(settings)) ? 0 : 1;
}

/** A plan needs no project of anybody's. */
function plan({ env, from }: Source, request: Request): number {
  const isNamed = request.project !== undefined || Boolean(env['GOOGLE_CLOUD_PROJECT']);
  const settings = readDeploySettings(env, isNamed ? request : { ...request, project: PLACEHOLDER_PROJECT });
  if (from === 'example')
    say('No settings were given: this is planned with those of ops/cloud.env.example.\n\n');
  if (!isNamed) say(`No project is named: this is planned for "${PLACEHOLDER_PROJECT}".\n\n`);
  return say(`${planInWords(settings)}\nCommands\n\n${commandsInWords(settings)}`);
}

function deploy(settings: DeploySettings): Promise<boolean> {
  return runSteps(stepsOf(settings), { run: runProgram, say: (line) => say(`${line}\n`) });
}

function readRequest(args: readonly string[]): Request | 'help' {
  const { help, tasks, ...given } = readFlags(args);
  if (help) return 'help';
  const count = integer(1, MAX_TASKS)(tasks);
  if (!count.ok) throw new BadUse(`--tasks takes ${count.allowed}\n\n${USAGE}`);
  return {
    dryRun: given['dry-run'],
    envFile: given['env-file'],
    project: given.project,
    region: given.region,
    image: given.image,
    tasks: count.value,
  };
}

function readFlags(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  const options = {
    help: flag,
    'dry-run': flag,
    'env-file': text,
    project: text,
    region: { ...text, default: REGION },
    image: text,
    tasks: { ...text, default: '1' },
  };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new BadUse(`${errorText(error)}\n\n${USAGE}`);
  }
}

function say(text: string): 0 {
  process.stdout.write(text);
  return 0;
}
