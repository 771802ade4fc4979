import { natsAddress } from '../../gateway/bus/nats-url.ts';
import { VARIABLES } from '../../gateway/config-table.ts';
import { quote } from '../../gateway/config-parsers.ts';
import { NAMES, type Environment, type Name } from '../../gateway/config.ts';
import { secretReference } from './secret-reference.ts';

/** Where a file that is kept as a secret is mounted in the container. No two secrets may share a directory. */
export const MOUNTS: Readonly<Partial<Record<Name, string>>> = {
  NATS_CREDS_FILE: '/secrets/nats/user.creds',
  TWITCH_CHANNELS_FILE: '/secrets/channels/channels.txt',
};

/** The same in every deployment: the disk is the instance's memory and goes with it. */
export const FIXED: Readonly<Record<string, string>> = { DATA_DIR: '/tmp/data', SPOOL: 'off' };

/** Decided by Cloud Run or by the job in question, not passed on as given. */
export const NOT_PASSED_ON: ReadonlySet<string> = new Set(['PORT', 'RUN_FOR_S']);

/** SIGKILL follows SIGTERM after 10 s; the last words need some of it. */
const LONGEST_SHUTDOWN_MS = 9500;

const LOOPBACK = /^(?:localhost|127\.[0-9.]+|\[::1\])(?::[0-9]+)?$/i;

/** What a gateway could run with elsewhere but not on Cloud Run: a sentence or two for each. */
export function cloudProblems(env: Environment, project: string | undefined): string[] {
  return [
    ...refusedSettings(env),
    ...busProblems(env),
    ...NAMES.flatMap((name) => secretProblem(name, env[name])),
    ...NAMES.flatMap((name) => foreignSecretProblem(name, env[name], project)),
    ...Object.keys(MOUNTS).flatMap((name) => fileProblem(name, env[name])),
  ];
}

/** What is decided here, whatever the settings say. */
export function cloudNotes(env: Environment): string[] {
  const overruled = Object.entries(FIXED).filter(([name, value]) => env[name] && env[name] !== value);
  return overruled.map(
    ([name, value]) => `${name} is ${value} there, not ${quote(env[name] ?? '')}: its disk is memory.`,
  );
}

function refusedSettings(env: Environment): string[] {
  const refused = (name: string, isRefused: boolean, why: string) =>
    isRefused ? [`${name} is ${quote(env[name] ?? '')}: ${why}`] : [];
  const isSet = (name: string) => Boolean(env[name]);
  const noShard = 'it must not be set. Tasks of a job are told theirs by Cloud Run: use --tasks.';
  return [
    ...refused(
      'SPOOL',
      env['SPOOL'] === 'always',
      'it must be "off". The disk is memory and goes with the instance.',
    ),
    ...refused(
      'RECORD_DIR',
      isSet('RECORD_DIR'),
      'it must not be set. Recordings would fill the memory that the disk is.',
    ),
    ...refused(
      'TOKEN_FILE',
      isSet('TOKEN_FILE'),
      'it must not be set. The file would go with the instance: set TOKEN_STORE=firestore.',
    ),
    ...refused('SHARD_INDEX', isSet('SHARD_INDEX'), noShard),
    ...refused('SHARD_COUNT', isSet('SHARD_COUNT'), noShard),
    ...refused(
      'SHUTDOWN_TIMEOUT_MS',
      Number(env['SHUTDOWN_TIMEOUT_MS']) > LONGEST_SHUTDOWN_MS,
      `it must be at most ${LONGEST_SHUTDOWN_MS}. Cloud Run kills after 10 s.`,
    ),
  ];
}

function busProblems(env: Environment): string[] {
  const driver = env['MESSAGE_BUS_DRIVER'];
  const problems: string[] = [];
  if (driver === 'embedded' || !driver) {
    const given = driver ? 'is "embedded"' : 'is not set';
    problems.push(
      `MESSAGE_BUS_DRIVER ${given}: it must be "nats". The embedded bus is a file, and what Cloud Run has for a disk goes with the instance.`,
    );
  }
  const url = env['NATS_URL'];
  if (!url) {
    problems.push('NATS_URL is not set: it must be the address of a NATS server that Cloud Run can reach.');
  } else if (isLoopback(url)) {
    problems.push(
      'NATS_URL names the machine itself: it must be the address of a NATS server that Cloud Run can reach.',
    );
  }
  return problems;
}

/** An address that cannot be read is reported by the gateway's own check. */
function isLoopback(url: string): boolean {
  try {
    return natsAddress(url).servers.some((server) => LOOPBACK.test(server));
  } catch {
    return false;
  }
}

/** In plain text it would be in the configuration of every revision, for anybody who may look at the service. */
function secretProblem(name: Name, text: string | undefined): string[] {
  if (!text || secretReference(text) || VARIABLES[name].secretsIn(text).length === 0) return [];
  const secret = name.toLowerCase().replaceAll('_', '-');
  return [
    `${name} has a secret in plain text (not shown): it must be a reference, projects/PROJECT/secrets/SECRET/versions/VERSION. ` +
      `Keep it with: gcloud secrets create ${secret} --data-file=FILE (no line break at its end).`,
  ];
}

/** gcloud takes a secret of another project only by that project's number, and calls its id "not a valid secret name". */
function foreignSecretProblem(name: Name, text: string | undefined, home: string | undefined): string[] {
  const { project } = secretReference(text ?? '') ?? {};
  if (home === undefined || project === undefined || project === home || /^[0-9]+$/.test(project)) return [];
  return [
    `${name} is a secret of the project ${quote(project)}, and the deployment goes to ${quote(home)}: ` +
      `another project must be named by its number, as ` +
      `gcloud projects describe ${project} --format="value(projectNumber)" tells it.`,
  ];
}

function fileProblem(name: string, text: string | undefined): string[] {
  if (!text || secretReference(text)) return [];
  return [
    `${name} is ${quote(text)}: it must be a reference, projects/PROJECT/secrets/SECRET/versions/VERSION. ` +
      'The container has no such file; a secret is mounted as one.',
  ];
}
