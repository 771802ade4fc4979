import { BadUse } from '../bad-use.ts';
import { jobsOf, NAME, RECORDINGS_PATH, type Job } from './containers.ts';
import { forGcloud, versionForGcloud } from './secret-reference.ts';
import type { DeploySettings } from './settings.ts';

/** What has to be run, as words; already done if `unless` succeeds. Each may be run repeatedly. */
export type Step = {
  readonly title: string;
  readonly unless: readonly string[] | undefined;
  readonly command: readonly string[];
};

/** The page itself gives up after 60 s; Cloud Run should wait a little longer. */
const STARTUP_PROBE =
  'httpGet.path=/health/startup,httpGet.port=8080,periodSeconds=2,timeoutSeconds=1,failureThreshold=60';
const LIVENESS_PROBE =
  'httpGet.path=/health/live,httpGet.port=8080,periodSeconds=10,timeoutSeconds=2,failureThreshold=3';

/** Every command of a deployment, in order. */
export function stepsOf(settings: DeploySettings): Step[] {
  return [
    step('enable the APIs', ['services', 'enable', ...apis(settings)], settings),
    serviceAccount(settings),
    ...Array.from(secretsOf(settings), (secret) => secretAccess(secret, settings)),
    ...(settings.tokenInFirestore ? [firestoreAccess(settings)] : []),
    ...recordings(settings),
    service(settings),
    traffic(settings),
    ...jobsOf(settings).map((job) => jobStep(job, settings)),
  ];
}

/** The account that the containers run under. */
export function accountOf({ project }: DeploySettings): string {
  return `${NAME}@${project}.iam.gserviceaccount.com`;
}

/** Bucket names are global: the project's id makes this one ours. */
export function recordingsBucket({ project }: DeploySettings): string {
  return `${project}-${NAME}-recordings`;
}

function step(
  title: string,
  words: readonly string[],
  { project }: DeploySettings,
  unless?: readonly string[],
): Step {
  const command = (of: readonly string[]) => ['gcloud', ...of, `--project=${project}`, '--quiet'];
  return { title, unless: unless && command(unless), command: command(words) };
}

function apis({ secrets, tokenInFirestore }: DeploySettings): string[] {
  return [
    'run.googleapis.com',
    'iam.googleapis.com',
    'storage.googleapis.com',
    ...(secrets.length > 0 ? ['secretmanager.googleapis.com'] : []),
    ...(tokenInFirestore ? ['firestore.googleapis.com', 'cloudresourcemanager.googleapis.com'] : []),
  ];
}

function serviceAccount(settings: DeploySettings): Step {
  const accounts = ['iam', 'service-accounts'];
  return step(
    'a service account of its own',
    [...accounts, 'create', NAME, `--display-name=${NAME}`],
    settings,
    [...accounts, 'describe', accountOf(settings)],
  );
}

/** Each secret once, whichever versions of it are used. */
function secretsOf({ secrets, project }: DeploySettings): Set<string> {
  return new Set(secrets.map(({ reference }) => forGcloud(reference, project)));
}

function secretAccess(secret: string, settings: DeploySettings): Step {
  return step(
    `it may read ${secret}`,
    ['secrets', 'add-iam-policy-binding', secret, ...grant('secretmanager.secretAccessor', settings)],
    settings,
  );
}

/** Firestore may be in another project. */
function firestoreAccess(settings: DeploySettings): Step {
  const project = settings.env['GOOGLE_CLOUD_PROJECT'] ?? settings.project;
  return step(
    'it may keep the token in Firestore',
    ['projects', 'add-iam-policy-binding', project, ...grant('datastore.user', settings)],
    settings,
  );
}

function recordings(settings: DeploySettings): Step[] {
  const bucket = `gs://${recordingsBucket(settings)}`;
  const buckets = ['storage', 'buckets'];
  const closed = ['--uniform-bucket-level-access', '--public-access-prevention'];
  return [
    step(
      'a bucket for the recordings to replay',
      [...buckets, 'create', bucket, `--location=${settings.region}`, ...closed],
      settings,
      [...buckets, 'describe', bucket],
    ),
    step(
      'it may read them',
      [...buckets, 'add-iam-policy-binding', bucket, ...grant('storage.objectViewer', settings)],
      settings,
    ),
  ];
}

/** Without conditions: if a policy has some, gcloud would ask, and there is nobody to answer. */
function grant(role: string, settings: DeploySettings): string[] {
  return [`--member=serviceAccount:${accountOf(settings)}`, `--role=roles/${role}`, '--condition=None'];
}

function service(settings: DeploySettings): Step {
  const words = [
    'run',
    'deploy',
    NAME,
    ...container(settings, {}),
    '--port=8080',
    '--min-instances=1',
    '--max-instances=1',
    '--no-cpu-throttling',
    '--no-allow-unauthenticated',
    `--startup-probe=${STARTUP_PROBE}`,
    `--liveness-probe=${LIVENESS_PROBE}`,
  ];
  return step('the service', words, settings);
}

/** Once somebody has gone back to an older revision, new ones get no traffic, and Cloud Run does not keep them running. */
function traffic(settings: DeploySettings): Step {
  const words = ['run', 'services', 'update-traffic', NAME, '--to-latest', `--region=${settings.region}`];
  return step('the revision just made takes over', words, settings);
}

function jobStep(job: Job, settings: DeploySettings): Step {
  const words = [
    'run',
    'jobs',
    'deploy',
    job.name,
    ...container(settings, job.env),
    ...(job.args ? ['--command=node', `--args=${list(job.args)}`] : []),
    `--tasks=${job.tasks}`,
    `--parallelism=${job.tasks}`,
    '--max-retries=3',
    `--task-timeout=${job.timeoutS}s`,
    ...(job.withRecordings ? volume(settings) : []),
  ];
  return step(`the job ${job.name}`, words, settings);
}

function volume(settings: DeploySettings): string[] {
  return [
    '--execution-environment=gen2',
    `--add-volume=name=recordings,type=cloud-storage,readonly=true,bucket=${recordingsBucket(settings)}`,
    `--add-volume-mount=volume=recordings,mount-path=${RECORDINGS_PATH}`,
  ];
}

function container(settings: DeploySettings, more: Readonly<Record<string, string>>): string[] {
  const { image, region, memory, env, secrets, project } = settings;
  const uses = secrets.map(
    ({ name, reference, path }) => `${path ?? name}=${versionForGcloud(reference, project)}`,
  );
  return [
    `--image=${image}`,
    `--region=${region}`,
    `--service-account=${accountOf(settings)}`,
    '--cpu=1',
    `--memory=${memory.size}`,
    `--set-env-vars=${list(Object.entries({ ...env, ...more }).map(([name, value]) => `${name}=${value}`))}`,
    uses.length > 0 ? `--set-secrets=${list(uses)}` : '--clear-secrets',
  ];
}

/** Items are separated by a comma, or by another character if one of them has commas: `gcloud topic escaping`. */
function list(items: readonly string[]): string {
  const separator = [',', ';', '|', '~', '#', '%', '!', '␟'].find(
    (one) => !items.some((item) => item.includes(one)),
  );
  if (separator === undefined)
    throw new BadUse('Not deployable: the settings use every character that gcloud could separate them by.');
  return separator === ',' ? items.join(',') : `^${separator}^${items.join(separator)}`;
}
