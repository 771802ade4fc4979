import {
  accessToken,
  bytes,
  channels,
  chatUrl,
  integer,
  login,
  milliseconds,
  oneOf,
  optional,
  optionalSeconds,
  type Parse,
  port,
  printable,
  subjectPrefix,
  token,
} from './config-parsers.ts';

export type Variable<T> = {
  /** As it would stand in the environment; undefined: the variable is required. */
  readonly default: string | undefined;
  readonly parse: Parse<T>;
  /** Its value is never shown. */
  readonly secret: boolean;
  readonly meaning: string;
};

/** Every variable that is read; whatever reads, checks or documents the configuration reads this. */
export const VARIABLES = {
  TWITCH_CHANNELS: required(
    channels,
    'channel logins, separated by commas or spaces; `#` and case are forgiven',
  ),
  TWITCH_BOT_USERNAME: setting('', optional(login), 'login of the chat account; empty: anonymous reading'),
  TWITCH_BOT_ACCESS_TOKEN: secret(
    optional(accessToken),
    'a fixed user token of that account (with or without `oauth:`)',
  ),
  TWITCH_IRC_URL: setting('wss://irc-ws.chat.twitch.tv:443', chatUrl, 'the chat server'),
  IRC_JOIN_LIMIT: setting('20', integer(1, 100_000), 'channels joined in any 10 s by this account'),
  IRC_RECONNECT_INITIAL_MS: setting(
    '1000',
    milliseconds,
    'backoff of the chat connection (its first retry is immediate)',
  ),
  IRC_RECONNECT_MAX_MS: setting('30000', milliseconds, 'longest backoff of the chat connection'),
  IRC_IDLE_PING_MS: setting('5000', milliseconds, 'silence before our own PING'),
  IRC_PONG_TIMEOUT_MS: setting('5000', milliseconds, 'how long the PONG to it may take'),
  MESSAGE_BUS_DRIVER: setting(
    'embedded',
    oneOf('embedded'),
    '`embedded`: a SQLite file in `DATA_DIR`, for one machine and no server',
  ),
  BUS_PREFIX: setting('', subjectPrefix, 'stands before every subject, e.g. `dev.`'),
  FINALIZATION_DESTINATION: setting('internal.finalizer.v1', printable, 'written into every envelope'),
  DATA_DIR: setting('./data', printable, 'the embedded bus and the dead letters; one gateway at a time'),
  EMBEDDED_MAX_BYTES: setting(
    '1073741824',
    bytes,
    'the embedded bus removes its oldest messages beyond this',
  ),
  PUBLISH_MAX_RETRIES: setting(
    '5',
    integer(0, Number.MAX_SAFE_INTEGER),
    'retries of a message that the bus answers with an error we do not know, before it is dead-lettered; ' +
      'outages, timeouts and refusals with a known cure use none',
  ),
  PUBLISH_BASE_DELAY_MS: setting(
    '250',
    milliseconds,
    'backoff of the publish queue, exponential with full jitter',
  ),
  PUBLISH_MAX_DELAY_MS: setting('5000', milliseconds, 'longest backoff of the publish queue'),
  PUBLISH_TIMEOUT_MS: setting('5000', milliseconds, 'how long an ack may take'),
  PUBLISH_MAX_IN_FLIGHT: setting('1024', integer(1, Number.MAX_SAFE_INTEGER), 'un-acked publishes at once'),
  QUEUE_MAX_BYTES: setting('33554432', bytes, 'held in memory; beyond it newcomers are dropped, and counted'),
  RUN_FOR_S: setting('0', optionalSeconds, 'stops cleanly by itself after so long (a job); 0: never'),
  SHUTDOWN_TIMEOUT_MS: setting(
    '9000',
    milliseconds,
    'from SIGTERM to exit, draining (Cloud Run kills at 10 s)',
  ),
  PORT: setting('8080', port, 'HTTP; 0: any port that is free'),
  LOG_LEVEL: setting('info', oneOf('debug', 'info', 'warn', 'error'), '`debug`, `info`, `warn` or `error`'),
  LOG_FORMAT: setting(
    'auto',
    oneOf('json', 'pretty', 'auto'),
    '`json` (one object a line, Cloud Logging fields), `pretty`, `auto`: pretty on a terminal',
  ),
  DEBUG_TOKEN: secret(
    optional(token),
    'when set, `/_debug/*` and `/metrics` ask for `Authorization: Bearer …`',
  ),
};

function required<T>(parse: Parse<T>, meaning: string): Variable<T> {
  return { default: undefined, parse, secret: false, meaning };
}

function setting<T>(defaultText: string, parse: Parse<T>, meaning: string): Variable<T> {
  return { default: defaultText, parse, secret: false, meaning };
}

function secret(parse: Parse<string>, meaning: string): Variable<string> {
  return { default: '', parse, secret: true, meaning };
}
