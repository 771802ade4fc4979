import { NAMES, readConfig, secretValues, type Environment, type Name } from '../../gateway/config.ts';
import { createScrubber } from '../../gateway/secrets/scrubber.ts';
import { BadUse } from '../bad-use.ts';
import { cloudNotes, cloudProblems, FIXED, MOUNTS, NOT_PASSED_ON } from './cloud-rules.ts';
import { memorySum } from './memory-sum.ts';
import { secretReference, type SecretReference } from './secret-reference.ts';

/** What the command line says; undefined: nothing. */
export type Target = {
  readonly project: string | undefined;
  readonly region: string;
  readonly image: string | undefined;
  readonly tasks: number;
};

/** `path`: the file it is mounted as; undefined: it is the value of the variable. */
export type SecretUse = {
  readonly name: Name;
  readonly reference: SecretReference;
  readonly path: string | undefined;
};

/** What is deployed, checked. */
export type DeploySettings = {
  readonly project: string;
  readonly region: string;
  readonly image: string;
  readonly tasks: number;
  /** How long each task of the gateway's job reads. */
  readonly runForS: number;
  /** `--memory` of each container, and how it adds up. */
  readonly memory: { readonly size: string; readonly words: string };
  /** Without secrets; by name, in the table's order. */
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretUse[];
  readonly tokenInFirestore: boolean;
  readonly notes: readonly string[];
};

/** An evening. */
const RUN_FOR_S = 4 * 60 * 60;

/** The longest that reading may go on: a task may take 168 hours, including its start and its stop. */
const LONGEST_RUN_S = 168 * 60 * 60 - 600;

/** Whether a project could have this id: https://cloud.google.com/resource-manager/docs/creating-managing-projects */
const PROJECT = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;
const REGION = /^[a-z]+-[a-z]+[0-9]{1,2}$/;
const IMAGE = /^[a-z0-9][\w.:/@-]*$/;

/**
 * Checks settings with the gateway's own code, and by the rules of Cloud Run.
 *
 * @throws BadUse with every problem
 */
export function readDeploySettings(env: Environment, target: Target): DeploySettings {
  const project = target.project ?? (env['GOOGLE_CLOUD_PROJECT'] || undefined);
  const reading = readConfig(asTheGatewayReads(env, target.tasks));
  const { size, words } = memorySum(reading.ok ? reading.config.QUEUE_MAX_BYTES : 0);
  const runForS = (reading.ok && reading.config.RUN_FOR_S) || RUN_FOR_S;
  const problems = [
    ...targetProblems(project, target),
    ...cloudProblems(env, project),
    ...(reading.ok ? [] : reading.problems),
    ...(size === undefined ? [`QUEUE_MAX_BYTES is too much for one CPU, which has 4Gi: ${words}.`] : []),
    ...(runForS > LONGEST_RUN_S
      ? [`RUN_FOR_S is ${runForS}: it must be at most ${LONGEST_RUN_S}; a task ends after 168 hours.`]
      : []),
  ];
  if (problems.length > 0 || project === undefined || size === undefined)
    throw new BadUse(inOneMessage(problems, env));
  const image =
    target.image ?? `${target.region}-docker.pkg.dev/${project}/ingress-egress/ingress-egress:latest`;
  return {
    project,
    region: target.region,
    image,
    tasks: target.tasks,
    runForS,
    memory: { size, words },
    env: plainSettings(env),
    secrets: secretUses(env),
    tokenInFirestore: env['TOKEN_STORE'] === 'firestore',
    notes: [...(reading.ok ? reading.warnings : []), ...cloudNotes(env)],
  };
}

/** What is kept as a secret is not available here: something of its kind stands in for it. */
function asTheGatewayReads(env: Environment, tasks: number): Environment {
  const mounted = Object.keys(MOUNTS).filter((name) => env[name]);
  return {
    ...env,
    ...FIXED,
    ...Object.fromEntries(mounted.map((name) => [name, import.meta.filename])),
    NATS_URL: secretReference(env['NATS_URL'] ?? '') ? 'nats://in-a-secret' : env['NATS_URL'],
    SHARD_INDEX: '0',
    SHARD_COUNT: String(tasks),
  };
}

function targetProblems(project: string | undefined, { region, image }: Target): string[] {
  const problems: string[] = [];
  if (project === undefined) {
    problems.push('No project is named: use --project, or set GOOGLE_CLOUD_PROJECT.');
  } else if (!PROJECT.test(project)) {
    problems.push(`The project is "${project}": it must be the id of a project, 6 to 30 of a-z, 0-9 and -.`);
  }
  if (!REGION.test(region))
    problems.push(`--region is "${region}": it must be a region such as us-central1.`);
  if (image !== undefined && !IMAGE.test(image)) {
    problems.push(
      `--image is "${image}": it must be an image such as us-docker.pkg.dev/project/repository/name:tag.`,
    );
  }
  return problems;
}

function plainSettings(env: Environment): Record<string, string> {
  const kept = NAMES.filter((name) => env[name] && !NOT_PASSED_ON.has(name) && !(name in FIXED));
  const plain = kept.filter((name) => !secretReference(env[name] ?? ''));
  const files = Object.entries(MOUNTS).filter(([name]) => env[name]);
  return {
    ...Object.fromEntries(plain.map((name) => [name, env[name] ?? ''])),
    ...Object.fromEntries(files),
    ...FIXED,
  };
}

function secretUses(env: Environment): SecretUse[] {
  return NAMES.flatMap((name) => {
    const reference = secretReference(env[name] ?? '');
    return reference ? [{ name, reference, path: MOUNTS[name] }] : [];
  });
}

/** A token that was also pasted into the wrong variable would be shown there. */
function inOneMessage(problems: readonly string[], env: Environment): string {
  const { scrub } = createScrubber(secretValues(env));
  return `Not deployable:\n${problems.map((problem) => `  - ${scrub(problem)}`).join('\n')}`;
}
