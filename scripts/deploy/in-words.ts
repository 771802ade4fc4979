import { harmlessLines } from '../terminal.ts';
import { jobsOf, NAME, type Job } from './containers.ts';
import { versionForGcloud } from './secret-reference.ts';
import type { DeploySettings, SecretUse } from './settings.ts';
import { pasted, pastedInLines } from './shell.ts';
import { accountOf, recordingsBucket, stepsOf, type Step } from './steps.ts';

/** What a deployment will make, for a reader; of secrets only the names. */
export function planInWords(settings: DeploySettings): string {
  const { project, region, image, env, secrets, memory } = settings;
  const sections = [
    `Plan for project ${project}, region ${region}`,
    section(`Service ${NAME}`, [
      `image      ${image}`,
      'instances  exactly 1, its CPU always allocated; for a moment 2 while a revision takes over',
      `memory     ${memory.size}: ${memory.words}`,
      'started    when /health/startup says so: asked every 2 s, at most 60 times',
      'restarted  when /health/live does not answer; never because of Twitch or the bus',
      `account    ${accountOf(settings)}`,
      'access     nobody without a permission to invoke it',
    ]),
    section('Jobs, in the same image, account and memory', jobsOf(settings).map(jobInWords)),
    section(
      'Environment',
      Object.entries(env).map(([name, value]) => `${name}=${value}`),
    ),
    section(
      'Secrets, by name',
      secrets.map((use) => secretInWords(use, project)),
    ),
    section('Made where they are missing', [
      `the service account ${accountOf(settings)}`,
      `the bucket gs://${recordingsBucket(settings)}, for recordings to replay`,
    ]),
    section('Notes', notes(settings)),
  ];
  return harmlessLines(`${sections.filter((text) => text !== '').join('\n\n')}\n`);
}

/** Every command, ready to paste into a POSIX shell. */
export function commandsInWords(settings: DeploySettings): string {
  return stepsOf(settings).map(stepInWords).join('\n');
}

function stepInWords({ title, unless, command }: Step): string {
  const condition = unless ? `${pasted(unless)} >/dev/null 2>&1 ||\n` : '';
  return `# ${title}\n${condition}${pastedInLines(command)}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [title, ...lines.map((line) => `  ${line}`)].join('\n');
}

function jobInWords({ name, meaning, tasks, timeoutS }: Job): string {
  return `${name}: ${meaning}; ${tasks} ${tasks === 1 ? 'task' : 'tasks'}, at most ${timeoutS} s each`;
}

function secretInWords({ name, reference, path }: SecretUse, project: string): string {
  return `${name} from ${versionForGcloud(reference, project)}${path === undefined ? '' : `, mounted as ${path}`}`;
}

function notes({ env, secrets, tokenInFirestore, tasks, notes: more }: DeploySettings): string[] {
  const hasToken = secrets.some(({ name }) => name === 'TWITCH_BOT_ACCESS_TOKEN');
  const without = 'No job to refresh the token: that needs TOKEN_STORE=firestore. ';
  const login = env['TWITCH_BOT_USERNAME'];
  const consequence =
    login && !hasToken
      ? `Without it ${login} has no token here, and chat is read anonymously.`
      : 'A token in a file would go with the instance.';
  const shares = `The ${tasks} tasks share one IRC_JOIN_LIMIT: for anonymous reading, or with an account per task.`;
  return [...more, ...(tokenInFirestore ? [] : [without + consequence]), ...(tasks > 1 ? [shares] : [])];
}
