import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import {
  type Environment,
  NAMES,
  readConfig,
  readSettings,
  secretValues,
  shownSettings,
} from '../../gateway/config.ts';
import { VARIABLES } from '../../gateway/config-table.ts';
import { tempDir } from './store/temp-dir.ts';

const MINIMAL = { TWITCH_CHANNELS: 'my_channel' };

function problemsOf(env: Environment): readonly string[] {
  const reading = readConfig(env);
  return reading.ok ? [] : reading.problems;
}

function configOf(env: Environment) {
  const reading = readConfig(env);
  assert.ok(reading.ok, JSON.stringify(reading));
  return reading.config;
}

test('only the channels are required; everything else has its documented default', () => {
  assert.deepEqual(configOf(MINIMAL), {
    TWITCH_CHANNELS: ['my_channel'],
    TWITCH_CHANNELS_FILE: '',
    TWITCH_BOT_USERNAME: '',
    TWITCH_BOT_ACCESS_TOKEN: '',
    TWITCH_CLIENT_ID: '',
    TWITCH_CLIENT_SECRET: '',
    TOKEN_STORE: 'file',
    TOKEN_FILE: './data/twitch-token.json',
    TOKEN_DOC_PATH: 'oauth/twitch/bot',
    GOOGLE_CLOUD_PROJECT: '',
    TWITCH_IRC_URL: 'wss://irc-ws.chat.twitch.tv:443',
    IRC_CHANNELS_PER_CONNECTION: 40,
    IRC_JOIN_LIMIT: 20,
    IRC_RECONNECT_INITIAL_MS: 1000,
    IRC_RECONNECT_MAX_MS: 30000,
    IRC_IDLE_PING_MS: 5000,
    IRC_PONG_TIMEOUT_MS: 5000,
    SHARD_INDEX: 0,
    SHARD_COUNT: 1,
    RECORD_DIR: '',
    RECORD_MAX_BYTES: 1073741824,
    MESSAGE_BUS_DRIVER: 'embedded',
    NATS_URL: 'nats://127.0.0.1:4222',
    NATS_CREDS_FILE: '',
    NATS_STREAM: 'INGRESS',
    NATS_STREAM_MAX_AGE_S: 604800,
    NATS_STREAM_REPLICAS: 1,
    BUS_PREFIX: '',
    FINALIZATION_DESTINATION: 'internal.finalizer.v1',
    DATA_DIR: './data',
    EMBEDDED_MAX_BYTES: 1073741824,
    PUBLISH_MAX_RETRIES: 5,
    PUBLISH_BASE_DELAY_MS: 250,
    PUBLISH_MAX_DELAY_MS: 5000,
    PUBLISH_TIMEOUT_MS: 5000,
    PUBLISH_MAX_IN_FLIGHT: 1024,
    QUEUE_MAX_BYTES: 33554432,
    SPOOL: 'overflow',
    SPOOL_MAX_BYTES: 1073741824,
    RUN_FOR_S: 0,
    SHUTDOWN_TIMEOUT_MS: 9000,
    PORT: 8080,
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'auto',
    DEBUG_TOKEN: '',
  });
});

test('a variable set to "" counts as not set', () => {
  const empty = Object.fromEntries(NAMES.map((name) => [name, '']));
  assert.deepEqual(configOf({ ...empty, ...MINIMAL }), configOf(MINIMAL));
  assert.deepEqual(problemsOf(empty), problemsOf({}));
});

test('channel logins are separated by commas or spaces; "#", case and repeats are forgiven', () => {
  const { TWITCH_CHANNELS } = configOf({
    TWITCH_CHANNELS: ' #One,two  THREE,\n,one #two, ' + 'x'.repeat(25),
  });
  assert.deepEqual(TWITCH_CHANNELS, ['one', 'two', 'three', 'x'.repeat(25)]);
});

test('the channels may stand in a file instead', () => {
  const config = configOf({ TWITCH_CHANNELS_FILE: import.meta.filename });
  assert.equal(config.TWITCH_CHANNELS_FILE, import.meta.filename);
  assert.deepEqual(config.TWITCH_CHANNELS, []);
});

test('a task of a Cloud Run job is the shard of its index, unless a shard is named', () => {
  const task = { ...MINIMAL, CLOUD_RUN_TASK_INDEX: '2', CLOUD_RUN_TASK_COUNT: '3' };
  const shard = ({ SHARD_INDEX, SHARD_COUNT }: ReturnType<typeof configOf>) => [SHARD_INDEX, SHARD_COUNT];
  assert.deepEqual(shard(configOf(task)), [2, 3]);
  assert.deepEqual(shard(configOf({ ...task, SHARD_INDEX: '0', SHARD_COUNT: '2' })), [0, 2]);
  assert.deepEqual(shard(configOf({ ...task, SHARD_INDEX: '', SHARD_COUNT: '' })), [2, 3]);
});

test('a token is taken with and without "oauth:", and a username without one is fine', () => {
  const account = { ...MINIMAL, TWITCH_BOT_USERNAME: 'My_Bot' };
  assert.equal(configOf(account).TWITCH_BOT_USERNAME, 'my_bot');
  for (const token of ['abc123', 'oauth:abc123', 'OAuth:abc123']) {
    assert.equal(configOf({ ...account, TWITCH_BOT_ACCESS_TOKEN: token }).TWITCH_BOT_ACCESS_TOKEN, 'abc123');
  }
});

test('the stand-in address of a test and a prefix of several tokens are accepted', () => {
  const config = configOf({ ...MINIMAL, TWITCH_IRC_URL: 'ws://127.0.0.1:8765', BUS_PREFIX: 'eu.dev-1.' });
  assert.equal(config.TWITCH_IRC_URL, 'ws://127.0.0.1:8765');
  assert.equal(config.BUS_PREFIX, 'eu.dev-1.');
});

test('all problems are reported together, in the order of the table, contradictions last', () => {
  const env = {
    PORT: 'x',
    LOG_LEVEL: 'loud',
    PUBLISH_MAX_DELAY_MS: '1',
    TWITCH_IRC_URL: 'x',
    RUN_FOR_S: '-1',
  };
  assert.deepEqual(
    problemsOf(env).map((problem) => problem.split(' ')[0]),
    ['TWITCH_IRC_URL', 'RUN_FOR_S', 'PORT', 'LOG_LEVEL', 'PUBLISH_MAX_DELAY_MS', 'TWITCH_CHANNELS'],
  );
});

test('no problem shows a secret, not even one that stands in the wrong variable', () => {
  const canary = 'c4n4ry/+"x"=value';
  for (const name of NAMES) {
    for (const text of [canary, `oauth:${canary}`, `${canary} `, `wss://user:${canary}@host`]) {
      const secrets = { TWITCH_BOT_ACCESS_TOKEN: `oauth:${canary}\n`, DEBUG_TOKEN: `${canary}\n` };
      const said = problemsOf({ ...secrets, [name]: text }).join('\n');
      assert.ok(said.length > 0);
      assert.ok(!said.includes('c4n4ry'), said);
    }
  }
});

test('some variables can be read as strictly without demanding the others', () => {
  const names = ['DATA_DIR', 'BUS_PREFIX', 'MESSAGE_BUS_DRIVER'] as const;
  assert.deepEqual(readSettings({ DATA_DIR: '/d', PORT: 'nonsense' }, names), {
    ok: true,
    config: { DATA_DIR: '/d', BUS_PREFIX: '', MESSAGE_BUS_DRIVER: 'embedded' },
    warnings: [],
  });
  const refused = readSettings({ BUS_PREFIX: 'dev' }, names);
  assert.equal(refused.ok, false);
});

test('what may be shown of the settings says of a secret only that it is set', () => {
  const config = configOf({ ...MINIMAL, DEBUG_TOKEN: 'canary123456' });
  assert.deepEqual(shownSettings(config), { ...config, DEBUG_TOKEN: '[redacted]' });
  assert.deepEqual(secretValues(config), ['canary123456']);
});

test('an address with credentials is never shown, and its parts are secrets; one without is no secret', () => {
  const plain = configOf({ ...MINIMAL, NATS_URL: 'nats://bus:4222' });
  assert.equal(shownSettings(plain)['NATS_URL'], 'nats://bus:4222');
  assert.deepEqual(secretValues(plain), []);
  const config = configOf({ ...MINIMAL, NATS_URL: 'nats://me:c%61nary@bus' });
  assert.equal(shownSettings(config)['NATS_URL'], '[redacted]');
  assert.deepEqual(secretValues(config), ['me:c%61nary', 'c%61nary', 'canary']);
  const [problem = ''] = problemsOf({ ...MINIMAL, NATS_URL: 'nats://me:canary@bus/path' });
  assert.match(
    problem,
    /^NATS_URL has a wrong value \(not shown\): it must be one or more addresses .* without path/,
  );
});

test('a file of credentials must be one that can be read', (t) => {
  const creds = join(tempDir(t), 'me.creds');
  const [missing = ''] = problemsOf({ ...MINIMAL, NATS_CREDS_FILE: creds });
  assert.match(
    missing,
    /^NATS_CREDS_FILE is ".*me\.creds": it must be the path of a file that this user may read/,
  );
  writeFileSync(creds, 'x');
  assert.equal(configOf({ ...MINIMAL, NATS_CREDS_FILE: creds }).NATS_CREDS_FILE, creds);
  assert.equal(problemsOf({ ...MINIMAL, NATS_CREDS_FILE: dirname(creds) }).length, 1);
});

test('the token file lies in DATA_DIR unless it is named, whatever the directory is called', () => {
  const inDirectory = configOf({ ...MINIMAL, DATA_DIR: '/var/$& data' });
  assert.equal(inDirectory.TOKEN_FILE, '/var/$& data/twitch-token.json');
  assert.equal(configOf({ ...MINIMAL, DATA_DIR: '/d', TOKEN_FILE: 't.json' }).TOKEN_FILE, 't.json');
  const reading = readSettings({ DATA_DIR: '/d' }, ['TOKEN_FILE']);
  assert.ok(reading.ok && reading.config.TOKEN_FILE === '/d/twitch-token.json');
});

test('the name of a secret in Secret Manager is taken for one, and is no secret itself', () => {
  const name = 'projects/my-project/secrets/client_secret/versions/latest';
  const config = configOf({ ...MINIMAL, TWITCH_CLIENT_SECRET: name, DEBUG_TOKEN: name });
  assert.deepEqual(shownSettings(config), { ...config });
  assert.deepEqual(secretValues(config), []);
});

test('every variable of the environment that is a secret by name is one in the table', () => {
  const byName = NAMES.filter((name) => /(?:TOKEN|SECRET|PASSWORD)$/.test(name));
  assert.deepEqual(
    NAMES.filter((name) => VARIABLES[name].secretsIn('text').length > 0),
    byName,
  );
});

test('a stand-in that is named for a service is warned of: secrets would go there', () => {
  const reading = readConfig({ TWITCH_CHANNELS: 'ada', SECRET_MANAGER_EMULATOR_HOST: '127.0.0.1:1' });
  assert.deepEqual(reading.ok && reading.warnings, [
    'SECRET_MANAGER_EMULATOR_HOST is set: a stand-in for Secret Manager is asked, over plain HTTP.',
  ]);
});
