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
    TWITCH_IRC_URL: 'wss://irc-ws.chat.twitch.tv:443',
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

/** What is given, and the whole of what is said about it. */
const REFUSED: readonly [Environment, string][] = [
  [
    { TWITCH_CHANNELS: '' },
    'TWITCH_CHANNELS is not set: it must be channel logins (1 to 25 of a-z, 0-9 and _) separated by commas or spaces. ' +
      'Name at least one channel, or a file of channels in TWITCH_CHANNELS_FILE.',
  ],
  [
    { TWITCH_CHANNELS_FILE: import.meta.filename },
    `TWITCH_CHANNELS_FILE is "${import.meta.filename}": it must not be set beside TWITCH_CHANNELS. Unset one of them.`,
  ],
  [
    { TWITCH_CHANNELS: '', TWITCH_CHANNELS_FILE: '/nowhere' },
    'TWITCH_CHANNELS_FILE is "/nowhere": it must be the path of a file that this user may read.',
  ],
  [{ SHARD_INDEX: '2', SHARD_COUNT: '2' }, 'SHARD_INDEX is 2: it must be below SHARD_COUNT, which is 2.'],
  [
    { CLOUD_RUN_TASK_INDEX: '1', IRC_JOIN_LIMIT: '1' },
    'SHARD_INDEX is 1 (CLOUD_RUN_TASK_INDEX): it must be below SHARD_COUNT, which is 1 by default.',
  ],
  [
    { CLOUD_RUN_TASK_COUNT: 'x' },
    'CLOUD_RUN_TASK_COUNT is "x": it must be a decimal integer from 1 to 10000. Leave it unset for 1.',
  ],
  [
    { SHARD_COUNT: '21' },
    'IRC_JOIN_LIMIT is 20 by default: it must not be below SHARD_COUNT, which is 21. ' +
      'The shards of one account share it; with an account per shard set it to 420.',
  ],
  [
    { TWITCH_CHANNELS: 'good, no-good;x' },
    'TWITCH_CHANNELS is "good, no-good;x": it must be channel logins (1 to 25 of a-z, 0-9 and _) separated by commas ' +
      'or spaces. Not a login: "no-good;x".',
  ],
  [
    { PORT: '80abc' },
    'PORT is "80abc": it must be a decimal integer from 0 to 65535. Leave it unset for 8080.',
  ],
  [
    { PUBLISH_TIMEOUT_MS: '8,080' },
    'PUBLISH_TIMEOUT_MS is "8,080": it must be a decimal integer from 1 to 2147483647 (milliseconds). ' +
      'Leave it unset for 5000.',
  ],
  [
    { PUBLISH_MAX_DELAY_MS: '100' },
    'PUBLISH_MAX_DELAY_MS is 100: it must not be below PUBLISH_BASE_DELAY_MS, which is 250 by default.',
  ],
  [
    { IRC_RECONNECT_INITIAL_MS: '30001' },
    'IRC_RECONNECT_MAX_MS is 30000 by default: it must not be below IRC_RECONNECT_INITIAL_MS, which is 30001.',
  ],
  [
    { TWITCH_BOT_ACCESS_TOKEN: 'canary123456' },
    'TWITCH_BOT_USERNAME is not set: it must be the login that TWITCH_BOT_ACCESS_TOKEN belongs to. ' +
      'To read anonymously set neither.',
  ],
  [
    { TWITCH_BOT_USERNAME: 'bot', TWITCH_BOT_ACCESS_TOKEN: 'canary123456\r\nQUIT' },
    'TWITCH_BOT_ACCESS_TOKEN has a wrong value (not shown): it must be printable ASCII without spaces. ' +
      'A line break at its end, as a file often has, is the usual cause.',
  ],
  [
    { MESSAGE_BUS_DRIVER: 'kafka' },
    'MESSAGE_BUS_DRIVER is "kafka": it must be one of "embedded", "nats". Leave it unset for embedded.',
  ],
  [
    { LOG_LEVEL: 'INFO' },
    'LOG_LEVEL is "INFO": it must be one of "debug", "info", "warn", "error". Leave it unset for info.',
  ],
  [
    { BUS_PREFIX: 'dev' },
    'BUS_PREFIX is "dev": it must be tokens of A-Z, a-z, 0-9, _ and - that each end in a dot. Did you mean "dev."?',
  ],
  [
    { TWITCH_IRC_URL: 'wss://user:canary123456@example.org' },
    'TWITCH_IRC_URL is "wss://[redacted]@example.org": it must be a ws:// or wss:// address without user, password ' +
      'and fragment. Leave it unset for wss://irc-ws.chat.twitch.tv:443.',
  ],
  [
    { FINALIZATION_DESTINATION: 'a\u001b[2J\u2028' },
    'FINALIZATION_DESTINATION is "a\\u001b[2J\\u{2028}": it must be a subject: words without spaces, * and > between dots. ' +
      'Leave it unset for internal.finalizer.v1.',
  ],
];

for (const [env, sentence] of REFUSED) {
  test(`${JSON.stringify(env)} is refused with what was given, what is allowed and the cure`, () => {
    assert.deepEqual(problemsOf({ ...MINIMAL, ...env }), [sentence]);
  });
}

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

test('every variable of the environment that is a secret by name is one in the table', () => {
  const byName = NAMES.filter((name) => /TOKEN|SECRET|PASSWORD/.test(name));
  assert.deepEqual(
    NAMES.filter((name) => VARIABLES[name].secretsIn('text').length > 0),
    byName,
  );
});
