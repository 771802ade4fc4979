import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Environment } from '../../gateway/config.ts';
import { BadUse } from '../../scripts/bad-use.ts';
import { planInWords } from '../../scripts/deploy/in-words.ts';
import { readDeploySettings, type DeploySettings, type Target } from '../../scripts/deploy/settings.ts';
import { stepsOf } from '../../scripts/deploy/steps.ts';

const SETTINGS = { TWITCH_CHANNELS: 'ada', MESSAGE_BUS_DRIVER: 'nats', NATS_URL: 'nats://nats.example.com' };
const TARGET: Target = { project: 'one-project', region: 'us-central1', image: undefined, tasks: 1 };

function settingsOf(env: Environment, target: Partial<Target> = {}): DeploySettings {
  return readDeploySettings({ ...SETTINGS, ...env }, { ...TARGET, ...target });
}

/** The flags of the one command that deploys `name`. */
function flagsOf(settings: DeploySettings, name: string): readonly string[] {
  const found = stepsOf(settings).filter(
    ({ command }) => command.includes('deploy') && command.includes(name),
  );
  assert.equal(found.length, 1, name);
  return found[0]?.command ?? [];
}

function problemsOf(env: Environment, target: Partial<Target> = {}): string {
  try {
    settingsOf(env, target);
  } catch (error) {
    assert.ok(error instanceof BadUse);
    return error.message;
  }
  throw new assert.AssertionError({ message: `accepted: ${JSON.stringify(env)}` });
}

test('what cannot work on Cloud Run is refused, with the cure', () => {
  const refused: readonly (readonly [env: Environment, expected: RegExp])[] = [
    [{ MESSAGE_BUS_DRIVER: 'embedded' }, /MESSAGE_BUS_DRIVER is "embedded": it must be "nats"/],
    [{ NATS_URL: 'nats://127.0.0.1:4222' }, /NATS_URL names the machine itself/],
    [{ NATS_URL: 'nats://localhost' }, /NATS_URL names the machine itself/],
    [{ SPOOL: 'always' }, /SPOOL is "always": it must be "off"/],
    [{ RECORD_DIR: 'recordings' }, /RECORD_DIR is "recordings": it must not be set/],
    [{ TOKEN_FILE: '/data/token.json' }, /TOKEN_FILE .* set TOKEN_STORE=firestore/],
    [{ SHARD_COUNT: '3' }, /SHARD_COUNT is "3": .* use --tasks/],
    [{ SHUTDOWN_TIMEOUT_MS: '10000' }, /SHUTDOWN_TIMEOUT_MS is "10000": it must be at most 9500/],
    [{ QUEUE_MAX_BYTES: '2000000000' }, /QUEUE_MAX_BYTES is too much for one CPU, which has 4Gi/],
    [{ RUN_FOR_S: '604800' }, /RUN_FOR_S is 604800: it must be at most 604200/],
    [
      { NATS_CREDS_FILE: '/etc/nats.creds' },
      /NATS_CREDS_FILE is "\/etc\/nats\.creds": it must be a reference/,
    ],
    [{ TWITCH_CHANNELS_FILE: 'channels' }, /TWITCH_CHANNELS_FILE is "channels": it must be a reference/],
  ];
  for (const [env, expected] of refused) assert.match(problemsOf(env), expected);
});

test('what the gateway itself would refuse is refused in its words', () => {
  assert.match(
    problemsOf({ QUEUE_MAX_BYTES: '80abc' }),
    /QUEUE_MAX_BYTES is "80abc": it must be a decimal integer/,
  );
  assert.match(
    problemsOf({}, { tasks: 30 }),
    /IRC_JOIN_LIMIT is 20 by default: it must not be below SHARD_COUNT/,
  );
});

test('all problems are told together', () => {
  const message = problemsOf({ NATS_URL: '', SPOOL: 'always', PORT: '8,080' }, { project: undefined });
  for (const expected of ['No project', 'NATS_URL', 'SPOOL', 'PORT'])
    assert.match(message, new RegExp(expected));
});

test('a secret in plain text is refused, and never shown', () => {
  const given = {
    TWITCH_BOT_USERNAME: 'bot',
    TWITCH_BOT_ACCESS_TOKEN: 'abc123abc123',
    DEBUG_TOKEN: 'opensesame',
  };
  const message = problemsOf({ ...given, NATS_URL: 'nats://user:sw0rdfish@nats.example.com' });
  for (const name of ['TWITCH_BOT_ACCESS_TOKEN', 'DEBUG_TOKEN', 'NATS_URL'])
    assert.match(message, new RegExp(`${name} has a secret in plain text \\(not shown\\)`));
  assert.match(message, /gcloud secrets create twitch-bot-access-token --data-file=FILE/);
  assert.doesNotMatch(message, /abc123|opensesame|sw0rdfish/);
  assert.doesNotMatch(problemsOf({ ...given, RECORD_DIR: 'abc123abc123' }), /abc123/);
});

test('the secret of another project is refused under the id of that project, which gcloud does not take', () => {
  const secret = 'projects/keys-project/secrets/nats/versions/1';
  assert.match(
    problemsOf({ NATS_URL: secret, NATS_CREDS_FILE: secret }),
    /NATS_URL is a secret of the project "keys-project", .* to "one-project": .* number[^]*NATS_CREDS_FILE is a secret/,
  );
});

test('a reference becomes a secret of the revision, one of another project by its whole name', () => {
  const settings = settingsOf({
    DEBUG_TOKEN: 'projects/one-project/secrets/debug/versions/3',
    NATS_URL: 'projects/123456789/secrets/nats/versions/latest',
  });
  const flags = flagsOf(settings, 'ingress-egress');
  assert.ok(
    flags.includes('--set-secrets=NATS_URL=projects/123456789/secrets/nats:latest,DEBUG_TOKEN=debug:3'),
  );
  assert.ok(!('NATS_URL' in settings.env) && !('DEBUG_TOKEN' in settings.env));
  const access = stepsOf(settings).filter(({ command }) => command[1] === 'secrets');
  assert.deepEqual(
    access.map(({ command }) => command[3]),
    ['projects/123456789/secrets/nats', 'debug'],
  );
});

test('a file that is kept as a secret is mounted, and its variable names the path', () => {
  const settings = settingsOf({
    TWITCH_CHANNELS: '',
    TWITCH_CHANNELS_FILE: 'projects/one-project/secrets/channels/versions/latest',
    NATS_CREDS_FILE: 'projects/one-project/secrets/creds/versions/2',
  });
  const paths = ['/secrets/channels/channels.txt', '/secrets/nats/user.creds'];
  assert.deepEqual([settings.env['TWITCH_CHANNELS_FILE'], settings.env['NATS_CREDS_FILE']], paths);
  const secrets = `--set-secrets=${paths[0]}=channels:latest,${paths[1]}=creds:2`;
  assert.ok(flagsOf(settings, 'ingress-egress').includes(secrets));
});

test('every right is given without a condition, about which gcloud would ask where a policy has one', () => {
  const settings = settingsOf({
    TOKEN_STORE: 'firestore',
    DEBUG_TOKEN: 'projects/one-project/secrets/debug/versions/3',
  });
  const grants = stepsOf(settings).filter(({ command }) => command.includes('add-iam-policy-binding'));
  assert.equal(grants.length, 3);
  for (const { command } of grants) assert.ok(command.includes('--condition=None'), command.join(' '));
});

test('after a rollback, too, the traffic goes to the revision that was just made', () => {
  const commands = stepsOf(settingsOf({})).map(({ command }) => command.join(' '));
  const deployed = commands.findIndex((command) => command.startsWith('gcloud run deploy '));
  assert.match(
    commands[deployed + 1] ?? '',
    /^gcloud run services update-traffic ingress-egress --to-latest /,
  );
});

test('a deployment without secrets takes away those of the revision before', () => {
  assert.ok(flagsOf(settingsOf({}), 'ingress-egress').includes('--clear-secrets'));
});

test('what is fixed there overrules the settings, and is told', () => {
  const settings = settingsOf({ DATA_DIR: './data', SPOOL: 'overflow', PORT: '3000' });
  assert.deepEqual(
    [settings.env['DATA_DIR'], settings.env['SPOOL'], settings.env['PORT']],
    ['/tmp/data', 'off', undefined],
  );
  assert.match(planInWords(settings), /DATA_DIR is \/tmp\/data there, not "\.\/data"/);
});

function envFlagOf(channels: string): string | undefined {
  const flags = flagsOf(settingsOf({ TWITCH_CHANNELS: channels }), 'ingress-egress');
  return flags.find((flag) => flag.startsWith('--set-env-vars='));
}

test('commas in a value do not end it', () => {
  assert.match(envFlagOf('ada') ?? '', /^--set-env-vars=TWITCH_CHANNELS=ada,MESSAGE_BUS_DRIVER=nats,/);
  assert.match(
    envFlagOf('ada,grace') ?? '',
    /^--set-env-vars=\^;\^TWITCH_CHANNELS=ada,grace;MESSAGE_BUS_DRIVER=nats;/,
  );
});

test('the gateway as a job ends before its task may take no longer', () => {
  const flags = flagsOf(settingsOf({ RUN_FOR_S: '7200' }, { tasks: 5 }), 'ingress-egress-gateway');
  assert.ok(flags.some((flag) => flag.startsWith('--set-env-vars=') && flag.endsWith('RUN_FOR_S=7200')));
  for (const flag of ['--tasks=5', '--parallelism=5', '--max-retries=3', '--task-timeout=7800s'])
    assert.ok(flags.includes(flag), flag);
  assert.ok(
    flags.every((flag) => !flag.startsWith('--command')),
    'it is what the image does by itself',
  );
  const service = flagsOf(settingsOf({ RUN_FOR_S: '7200' }), 'ingress-egress');
  assert.ok(!service.join(' ').includes('RUN_FOR_S'), 'a service is not to end');
});

function wordsOf(settings: DeploySettings): readonly string[] {
  return stepsOf(settings).flatMap(({ command }) => command);
}

test('the token is refreshed by a job where Firestore keeps it; otherwise the plan says why there is none', () => {
  const kept = settingsOf({ TOKEN_STORE: 'firestore' });
  assert.ok(wordsOf(kept).includes('ingress-egress-refresh-token'));
  assert.ok(wordsOf(kept).includes('--role=roles/datastore.user'));
  const elsewhere = settingsOf({ TOKEN_STORE: 'firestore', GOOGLE_CLOUD_PROJECT: 'token-project' });
  const access = stepsOf(elsewhere).find(({ command }) => command[1] === 'projects');
  assert.equal(access?.command[3], 'token-project');
  const anonymous = settingsOf({ TWITCH_BOT_USERNAME: 'bot' });
  assert.ok(!wordsOf(anonymous).includes('ingress-egress-refresh-token'));
  assert.match(planInWords(anonymous), /needs TOKEN_STORE=firestore\. Without it bot has no token here/);
});

test('the memory is that of the process, the queue and the disk, in the smallest size that has it', () => {
  const sizes = [1, 33_554_432, 268_435_456, 1_073_741_824].map((bytes) => {
    const { memory } = settingsOf({ QUEUE_MAX_BYTES: String(bytes) });
    return [memory.size, / = ([0-9]+ MiB)$/.exec(memory.words)?.[1]];
  });
  assert.deepEqual(sizes, [
    ['1Gi', '705 MiB'],
    ['1Gi', '768 MiB'],
    ['2Gi', '1216 MiB'],
    ['4Gi', '2752 MiB'],
  ]);
});

test('a variable that looks like a typing mistake is told', () => {
  assert.match(
    planInWords(settingsOf({ NATS_STREM: 'X' })),
    /"NATS_STREM" is set but not known: did you mean NATS_STREAM/,
  );
});
