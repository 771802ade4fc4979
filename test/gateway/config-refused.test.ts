import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Environment, readConfig } from '../../gateway/config.ts';

const MINIMAL = { TWITCH_CHANNELS: 'my_channel' };

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
      'The usual cause is a line break at the end, as files often have.',
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
    { NATS_URL: 'http://bus' },
    'NATS_URL is "http://bus": it must be one or more addresses such as nats://host:4222 or tls://host, separated by ' +
      'commas, with user:password@ or token@ before the host where the server asks for it. ' +
      'Each address begins with nats:// or tls://.',
  ],
  [
    { NATS_URL: 'nats://me:canary123456@bus/path' },
    'NATS_URL has a wrong value (not shown): it must be one or more addresses such as nats://host:4222 or tls://host, ' +
      'separated by commas, with user:password@ or token@ before the host where the server asks for it. ' +
      'Each address is scheme, credentials, host and port, without path or query; in credentials write @ as %40, ' +
      '/ as %2F, : as %3A, a comma as %2C.',
  ],
  [
    { FINALIZATION_DESTINATION: 'a\u001b[2J\u2028' },
    'FINALIZATION_DESTINATION is "a\\u001b[2J\\u{2028}": it must be a subject: words without spaces, * and > between dots. ' +
      'Leave it unset for internal.finalizer.v1.',
  ],
];

for (const [env, sentence] of REFUSED) {
  test(`${JSON.stringify(env)} is refused with what was given, what is allowed and the cure`, () => {
    assert.deepEqual(readConfig({ ...MINIMAL, ...env }), { ok: false, problems: [sentence] });
  });
}
