import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Environment, NAMES, type Name, readConfig, readSettings } from '../../gateway/config.ts';
import { VARIABLES } from '../../gateway/config-table.ts';

const MINIMAL = { TWITCH_CHANNELS: 'my_channel' };

function problemsOf(env: Environment): readonly string[] {
  const reading = readConfig(env);
  return reading.ok ? [] : reading.problems;
}

const NUMBERS = {
  IRC_CHANNELS_PER_CONNECTION: [1, Number.MAX_SAFE_INTEGER],
  IRC_JOIN_LIMIT: [1, 200_000],
  IRC_RECONNECT_INITIAL_MS: [1, 2147483647],
  IRC_RECONNECT_MAX_MS: [1, 2147483647],
  IRC_IDLE_PING_MS: [1, 2147483647],
  IRC_PONG_TIMEOUT_MS: [1, 2147483647],
  SHARD_INDEX: [0, 9999],
  SHARD_COUNT: [1, 10_000],
  RECORD_MAX_BYTES: [1, Number.MAX_SAFE_INTEGER],
  NATS_STREAM_MAX_AGE_S: [0, 9223372036],
  NATS_STREAM_REPLICAS: [1, 5],
  EMBEDDED_MAX_BYTES: [1, Number.MAX_SAFE_INTEGER],
  PUBLISH_MAX_RETRIES: [0, Number.MAX_SAFE_INTEGER],
  PUBLISH_BASE_DELAY_MS: [1, 2147483647],
  PUBLISH_MAX_DELAY_MS: [1, 2147483647],
  PUBLISH_TIMEOUT_MS: [1, 2147483647],
  PUBLISH_MAX_IN_FLIGHT: [1, Number.MAX_SAFE_INTEGER],
  QUEUE_MAX_BYTES: [1, Number.MAX_SAFE_INTEGER],
  SPOOL_MAX_BYTES: [1, Number.MAX_SAFE_INTEGER],
  RUN_FOR_S: [0, 2147483],
  SHUTDOWN_TIMEOUT_MS: [1, 2147483647],
  PORT: [0, 65535],
} as const satisfies Partial<Record<Name, readonly [number, number]>>;

test('the table of bounds names every number', () => {
  const numbers = NAMES.filter((name) => /^[0-9]+$/.test(VARIABLES[name].default ?? ''));
  assert.deepEqual(Object.keys(NUMBERS).sort(), numbers.sort());
});

const NONSENSE =
  '80abc|abc|8,080|8_080|0x10|1e3|1e999| 80|80 |+5|-1|-0|1.5|1.0|080|００|٣|Infinity|NaN|9007199254740993|5ms|"5"|null';

for (const [name, [min, max]] of Object.entries(NUMBERS) as [keyof typeof NUMBERS, [number, number]][]) {
  test(`${name} is a strict decimal integer from ${min} to ${max}`, () => {
    for (const value of [min, max]) {
      const reading = readSettings({ [name]: String(value) }, [name]);
      assert.ok(reading.ok, `${value} is refused`);
      assert.equal(reading.config[name], value);
    }
    const outside = [min - 1, max + 1].map(String);
    for (const text of [...NONSENSE.split('|'), ...outside, '9'.repeat(400), '\n80', '80\n', '8\u00a00']) {
      const [problem = '', ...others] = problemsOf({ ...MINIMAL, [name]: text });
      assert.ok(problem.startsWith(`${name} is `), `${JSON.stringify(text)} is let through`);
      assert.match(problem, new RegExp(`: it must be a decimal integer from ${min} to ${max}\\b`));
      assert.deepEqual(others, []);
    }
  });
}

const BAD: Partial<Record<Name, readonly string[]>> = {
  TWITCH_CHANNELS: [',', '#', '##a', 'a#b', 'a b-c', 'é', 'K\u212a', 'x'.repeat(26), 'https://twitch.tv/a'],
  TWITCH_CHANNELS_FILE: ['/nowhere/channels', '/tmp', 'a\u0000b'],
  TWITCH_BOT_USERNAME: ['a b', '#a', 'a-b', 'x'.repeat(26), 'bot\n'],
  TWITCH_BOT_ACCESS_TOKEN: ['oauth:', 'a b', 'abc\n', 'abc\u0000', 'schlüssel'],
  TWITCH_CLIENT_ID: ['a b', 'abc\n'],
  TWITCH_CLIENT_SECRET: ['a b', 'abc\n', 'projects/p/secrets/s', 'projects/p/secrets/s/versions/1/'],
  TOKEN_STORE: ['File', 'redis'],
  TOKEN_FILE: ['a\nb', 'a\u0000'],
  TOKEN_DOC_PATH: ['oauth/twitch', 'a//b', '/a', 'a/b/', 'a/../b', 'a/__b__/c', 'a b', '.'],
  GOOGLE_CLOUD_PROJECT: ['My Project', 'a', 'a/b', 'p\n'],
  TWITCH_IRC_URL: [
    'http://a',
    'wss:/a b',
    'ws://',
    '//a',
    'irc.example',
    ' ws://a',
    'ws://a#b',
    'ws://u@a',
    'ws://a:99999',
  ],
  NATS_URL: [
    'bus',
    'bus:4222',
    'ws://bus',
    'nats://a,',
    'nats://a,tls://b',
    'nats://a/x',
    'nats://a:0',
    'nats://u:p@a,nats://u:q@b',
  ],
  NATS_CREDS_FILE: ['/nowhere/me.creds', '/tmp', 'a\u0000b'],
  NATS_STREAM: ['a b', 'a.b', 'a*', '>', 'a/b', 'é', 'A\n', 'x'.repeat(256)],
  BUS_PREFIX: ['.', 'a..', '.a.', 'a.*.', 'a.>.', 'a b.', 'a.\n', 'ä.', 'a\r\nPUB x 0\r\n.'],
  FINALIZATION_DESTINATION: [
    'a b',
    'a..b',
    '.a',
    'a.',
    'a.*',
    '>',
    ' a',
    'a\nb',
    '\u0000',
    'a\u202eb',
    'a\u200bb',
  ],
  DATA_DIR: ['a\nb', 'a\u0000'],
  RECORD_DIR: ['a\nb', 'a\u0000'],
  LOG_FORMAT: ['JSON', 'text', ' json'],
  DEBUG_TOKEN: ['a b', 'abc\n', 'ключ'],
};

for (const [name, texts] of Object.entries(BAD)) {
  test(`nonsense in ${name} is refused`, () => {
    for (const text of texts) {
      const problems = problemsOf({ ...MINIMAL, TWITCH_BOT_USERNAME: 'bot', [name]: text });
      assert.equal(problems.length, 1, `${JSON.stringify(text)} is let through`);
      assert.ok(problems[0]?.startsWith(`${name} `));
    }
  });
}
