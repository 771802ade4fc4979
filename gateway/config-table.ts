import { secretsInNatsUrls } from './bus/nats-url.ts';
import {
  accessToken,
  bytes,
  channels,
  chatUrl,
  collectionPath,
  integer,
  listOrNone,
  login,
  milliseconds,
  natsUrl,
  oneOf,
  optional,
  optionalSeconds,
  orReference,
  type Parse,
  port,
  printable,
  projectId,
  readableFile,
  streamAge,
  streamName,
  subject,
  subjectPrefix,
  token,
} from './config-parsers.ts';
import { isSecretReference } from './secrets/secret-reference.ts';

export type Variable<T> = {
  /** As it would be in the environment; undefined: the variable is required. */
  readonly default: string | undefined;
  /** A variable of the platform that is looked at before the default. */
  readonly otherwise: string | undefined;
  readonly parse: Parse<T>;
  /** The parts of such a text that must never be shown; the name of a secret in Secret Manager may be. */
  readonly secretsIn: (text: string) => readonly string[];
  readonly meaning: string;
};

/** At the beginning of a path, stands for the value of DATA_DIR. */
export const IN_DATA_DIR = '${DATA_DIR}';

/** As many tasks as a Cloud Run job can have. */
const MAX_SHARDS = 10_000;

/** Every variable there is; whatever reads, checks or documents the configuration uses this. */
export const VARIABLES = {
  TWITCH_CHANNELS: required(
    listOrNone(channels),
    'channel logins, separated by commas or spaces; `#` and case are forgiven. Or set `TWITCH_CHANNELS_FILE`',
  ),
  TWITCH_CHANNELS_FILE: setting(
    '',
    optional(readableFile),
    'a file of the same, instead; line ends separate too. A change of the file is noticed at run time',
  ),
  TWITCH_BOT_USERNAME: setting('', optional(login), 'login of the chat account; empty: anonymous reading'),
  TWITCH_BOT_ACCESS_TOKEN: secret(
    optional(accessToken),
    'a fixed user token of that account (with or without `oauth:`); wins over the token store',
  ),
  TWITCH_CLIENT_ID: setting('', optional(token), 'the Twitch app; needed to refresh tokens'),
  TWITCH_CLIENT_SECRET: secret(optional(token), 'its secret; a public app has none'),
  TOKEN_STORE: setting(
    'file',
    oneOf('file', 'firestore'),
    'where the token that `npm run authorize` gets is kept: `file` or `firestore`',
  ),
  TOKEN_FILE: setting(
    `${IN_DATA_DIR}/twitch-token.json`,
    printable,
    'JSON with the fields of the Firestore document, mode 0600',
  ),
  TOKEN_DOC_PATH: setting(
    'oauth/twitch/bot',
    collectionPath,
    'Firestore: the token is the document `<path>/token`',
  ),
  GOOGLE_CLOUD_PROJECT: setting(
    '',
    optional(projectId),
    'for Firestore and Secret Manager, where the environment does not tell',
  ),
  TWITCH_IRC_URL: setting('wss://irc-ws.chat.twitch.tv:443', chatUrl, 'the chat server'),
  IRC_CHANNELS_PER_CONNECTION: setting(
    '40',
    integer(1, Number.MAX_SAFE_INTEGER),
    "channels on one connection, at most: 40 can be joined again within Twitch's notice before a restart",
  ),
  IRC_JOIN_LIMIT: setting(
    '20',
    integer(1, 20 * MAX_SHARDS),
    'channels joined in any 10 s by this account; divided by `SHARD_COUNT`, rounded down, and refused when that is 0 ' +
      '(with an account per shard set 20 × the count)',
  ),
  IRC_RECONNECT_INITIAL_MS: setting(
    '1000',
    milliseconds,
    'backoff of the chat connection (its first retry is immediate)',
  ),
  IRC_RECONNECT_MAX_MS: setting('30000', milliseconds, 'longest backoff of the chat connection'),
  IRC_IDLE_PING_MS: setting('5000', milliseconds, 'silence before our own PING'),
  IRC_PONG_TIMEOUT_MS: setting('5000', milliseconds, 'how long its PONG may take'),
  SHARD_INDEX: {
    ...setting('0', integer(0, MAX_SHARDS - 1), 'which part of the channels this instance reads'),
    otherwise: 'CLOUD_RUN_TASK_INDEX',
  },
  SHARD_COUNT: {
    ...setting('1', integer(1, MAX_SHARDS), 'into how many parts the channels are divided'),
    otherwise: 'CLOUD_RUN_TASK_COUNT',
  },
  RECORD_DIR: setting(
    '',
    optional(printable),
    'keeps every raw line received, rotated; empty: keeps nothing',
  ),
  RECORD_MAX_BYTES: setting('1073741824', bytes, 'the oldest recordings are removed beyond this'),
  MESSAGE_BUS_DRIVER: setting(
    'embedded',
    oneOf('embedded', 'nats'),
    '`embedded`: a SQLite file in `DATA_DIR`, for one machine and no server; `nats`: NATS JetStream at `NATS_URL`',
  ),
  NATS_URL: {
    ...setting(
      'nats://127.0.0.1:4222',
      natsUrl,
      'one or more servers, separated by commas; user, password or token in the URL; `tls://` for TLS (a CA of your own: `NODE_EXTRA_CA_CERTS`)',
    ),
    secretsIn: secretsInNatsUrls,
  },
  NATS_CREDS_FILE: setting('', optional(readableFile), 'a `.creds` file; read again for each connection'),
  NATS_STREAM: setting(
    'INGRESS',
    streamName,
    'stream that holds the subjects; made when missing, at start or later (with a warning; not ready until it is ' +
      'there); never silently changed: drift is degraded. What a deleted stream held is not sent again',
  ),
  NATS_STREAM_MAX_AGE_S: setting(
    '604800',
    streamAge,
    'how long the stream keeps messages, in seconds; 0: for ever. Used when the stream is made',
  ),
  NATS_STREAM_REPLICAS: setting('1', integer(1, 5), 'on how many servers. Used when the stream is made'),
  BUS_PREFIX: setting('', subjectPrefix, 'comes before every subject, e.g. `dev.`'),
  FINALIZATION_DESTINATION: setting('internal.finalizer.v1', subject, 'written into every envelope'),
  DATA_DIR: setting(
    './data',
    printable,
    'the embedded bus, the spool, dead letters, the token, the pace of JOINs and logins; one gateway at a time: a second one is refused',
  ),
  EMBEDDED_MAX_BYTES: setting(
    '1073741824',
    bytes,
    'the embedded bus removes its oldest messages beyond this',
  ),
  PUBLISH_MAX_RETRIES: setting(
    '5',
    integer(0, Number.MAX_SAFE_INTEGER),
    'retries of a message that the bus answers with an unknown error, before it is dead-lettered; ' +
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
  QUEUE_MAX_BYTES: setting('33554432', bytes, 'kept in memory before the spool takes over'),
  SPOOL: setting(
    'overflow',
    oneOf('off', 'overflow', 'always'),
    '`off`; `overflow`: only what memory cannot hold, and the rest at a stop; `always`: every message is written before ' +
      'it counts as received. Survives the death of the process, not of the machine. Not used with `embedded`: there ' +
      'the bus is the disk',
  ),
  SPOOL_MAX_BYTES: setting('1073741824', bytes, 'beyond it messages are dropped, counted by reason'),
  RUN_FOR_S: setting('0', optionalSeconds, 'stops cleanly by itself after this long (a job); 0: never'),
  SHUTDOWN_TIMEOUT_MS: setting(
    '9000',
    milliseconds,
    'from SIGTERM to exit, draining (Cloud Run kills at 10 s)',
  ),
  PORT: setting('8080', port, 'HTTP; 0: any free port'),
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
  return { default: undefined, otherwise: undefined, parse, secretsIn: nothing, meaning };
}

function setting<T>(defaultText: string, parse: Parse<T>, meaning: string): Variable<T> {
  return { default: defaultText, otherwise: undefined, parse, secretsIn: nothing, meaning };
}

function secret(parse: Parse<string>, meaning: string): Variable<string> {
  return {
    ...setting('', orReference(parse), meaning),
    secretsIn: (text) => (text === '' || isSecretReference(text) ? [] : [text]),
  };
}

function nothing(): readonly string[] {
  return [];
}
