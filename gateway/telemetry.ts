import type { BusState } from './bus/bus.ts';
import type { Clock } from './clock.ts';
import type { DropReason, LedgerSnapshot } from './ledger.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import type { DeadLetterEvents } from './publish/dead-letters.ts';
import type { QueueEvents } from './publish/queue-options.ts';
import type { RecorderEvents } from './recording/recorder.ts';
import type { ChatEvents } from './twitch/chat-events.ts';
import type { CredentialEvents } from './credentials/credential-events.ts';
import type { Ending } from './twitch/endings.ts';

export type TelemetryOptions = {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
};

/**
 * One function for each event worth telling: it writes a line, moves a metric, or both. None of them throws, and none
 * is given chat text, so none can show it.
 */
export type Telemetry = {
  readonly process: ProcessEvents;
  readonly chat: ChatEvents;
  readonly credentials: CredentialEvents & { secretNotRead(sentence: string): void };
  readonly bus: BusTelemetry;
  readonly queue: QueueEvents & { spoolSetAside(path: string, error: unknown): void };
  readonly deadLetters: DeadLetterEvents;
  readonly recording: RecorderEvents;
  readonly channelsFile: { readonly trouble: (sentence: string) => void };
};

export type ProcessEvents = {
  /** @param settings without secrets */
  readonly starting: (about: {
    version: string;
    instance: string;
    settings: Readonly<Record<string, unknown>>;
  }) => void;
  readonly configurationWarning: (sentence: string) => void;
  readonly listening: (port: number) => void;
  /** @param why the signal, or what else asked for it */
  readonly stopping: (why: string) => void;
  /**
   * Told whatever LOG_LEVEL is.
   * @param dropped how many messages the stop itself lost
   */
  readonly stopped: (ledger: LedgerSnapshot, dropped: number) => void;
  /** Something that no rule foresees; the line has its stack. */
  readonly failed: (error: unknown) => void;
};

export type BusTelemetry = {
  readonly stateChanged: (state: BusState, error: string | null) => void;
  readonly warning: (sentence: string) => void;
};

export function createTelemetry({ logger, metrics, clock }: TelemetryOptions): Telemetry {
  return {
    process: processEvents(logger),
    chat: chatEvents(logger, metrics),
    credentials: credentialEvents(logger, metrics),
    bus: busTelemetry(logger),
    queue: queueEvents(logger, metrics, clock),
    deadLetters: deadLetterEvents(logger),
    recording: recorderEvents(logger),
    channelsFile: {
      trouble: (sentence) => logger.warn({ warning: sentence }, 'channels: check their file'),
    },
  };
}

function processEvents(logger: Logger): ProcessEvents {
  return {
    starting: (about) => logger.info(about, 'starting'),
    configurationWarning: (sentence) => logger.warn({ warning: sentence }, 'check the configuration'),
    listening: (port) => logger.info({ port }, 'listening'),
    stopping: (why) => logger.info({ why }, 'stopping'),
    stopped: (ledger, dropped) =>
      logger.always[dropped > 0 ? 'warn' : 'info']({ ledger, dropped }, 'stopped'),
    failed: (error) => logger.error({ err: error }, 'unexpected error'),
  };
}

/** Endings that are part of a normal day. */
const EXPECTED: ReadonlySet<Ending> = new Set(['stopped', 'reconnect_requested', 'replaced']);

function chatEvents(logger: Logger, metrics: Metrics): ChatEvents {
  return {
    connectionOpened: (identity) => logger.debug({ identity }, 'chat: connecting'),
    connectionRegistered: (identity) => logger.info({ identity }, 'chat: connected'),
    connectionOutgoing: (reason) => logger.info({ reason }, 'chat: replacing a connection'),
    connectionEnded(reason, detail, retryInMs) {
      metrics.connectionEnded(reason);
      logger[EXPECTED.has(reason) ? 'info' : 'warn']({ reason, detail, retryInMs }, 'chat: connection ended');
    },
    loginRefused: (login, detail) => logger.error({ login, detail }, 'chat: login refused'),
    channelJoined: (channel) => logger.info({ channel }, 'chat: channel joined'),
    channelRefused: (channel, reason, retryInMs) =>
      logger.warn({ channel, reason, retryInMs }, 'chat: channel refused'),
    channelLeftFirst: (channel) =>
      logger.info({ channel }, 'chat: no room in the account: channel left before it is joined again'),
    gapClosed(channel, { from, to, reason }) {
      const seconds = Math.max(0, to - from) / 1000;
      metrics.gapSeconds(reason, seconds);
      logger.warn({ channel, reason, from: iso(from), to: iso(to), seconds }, 'chat: channel was not read');
    },
    lineIgnored: (reason) => metrics.lineIgnored(reason),
    roundTrip: (ms) => metrics.roundTrip(ms),
  };
}

function credentialEvents(logger: Logger, metrics: Metrics): Telemetry['credentials'] {
  return {
    tokenRefreshed: (expiresAt) =>
      logger.info({ expiresAt: expiresAt === null ? null : iso(expiresAt) }, 'token: refreshed'),
    refreshFailed: ({ kind, status }) => logger.warn({ kind, status }, 'token: could not be refreshed'),
    tokenAdopted: (place) => logger.info({ place }, 'token: taken from its store'),
    storeFailed: (warning) => logger.warn({ warning }, 'token: its store cannot be used'),
    tokenValidated: (login, expiresInS) => logger.info({ login, expiresInS }, 'token: validated'),
    validationFailed: (kind, status) => logger.warn({ kind, status }, 'token: could not be validated'),
    needsPerson: (sentence) => logger.error({ problem: sentence }, 'token: a person must act'),
    tokenInUse: (expiresAt) => metrics.tokenExpiry((expiresAt ?? 0) / 1000),
    secretNotRead: (warning) => logger.warn({ warning }, 'token: a secret could not be read again'),
  };
}

/** A bus that retries reports the same failure over and over: told once. */
function busTelemetry(logger: Logger): BusTelemetry {
  let last = '';
  return {
    stateChanged(state, error) {
      const current = `${state} ${error}`;
      if (current === last) return;
      last = current;
      const isTrouble = state === 'down' || state === 'refusing';
      logger[isTrouble ? 'warn' : 'info']({ state, error }, `bus: ${state}`);
    },
    warning: (sentence) => logger.warn({ warning: sentence }, 'bus: check the stream'),
  };
}

function queueEvents(logger: Logger, metrics: Metrics, clock: Clock): Telemetry['queue'] {
  const tellDropped = oncePerSecond<DropReason>(clock, (reason, count) =>
    logger.error({ reason, count }, 'messages dropped'),
  );
  const tellReordered = oncePerSecond(clock, (_, count) =>
    logger.warn({ count }, 'messages stored out of order'),
  );
  return {
    publishFailed(failure) {
      metrics.publishFailed(failure.kind);
      logger.warn(failure, 'publish failed');
    },
    stored(publishMs, endToEndMs) {
      metrics.publishDuration(publishMs);
      if (endToEndMs !== undefined) metrics.endToEnd(endToEndMs);
    },
    dropped: tellDropped,
    stillLooking: (progress) =>
      logger.warn(progress, 'nothing is sent while the stream is read for what it may already hold'),
    spoolFailed: (error) => logger.error({ err: error }, 'the spool cannot be written'),
    spoolSetAside: (path, error) => logger.error({ path, err: error }, 'an unreadable spool was moved aside'),
    reordered(count) {
      metrics.reordered(count);
      tellReordered('', count);
    },
  };
}

function deadLetterEvents(logger: Logger): DeadLetterEvents {
  return {
    kept({ queued, reason, error, attempts }) {
      const { channel, message } = queued;
      const { messageId } = message;
      logger.error({ messageId, channel, reason, attempts, error }, 'message dead-lettered');
    },
    notKept: (error) => logger.error({ err: error }, 'dead letter could not be kept'),
    retrying: (error, retryInMs) => logger.warn({ error, retryInMs }, 'dead letters wait for the bus'),
    staysLocal: (messageId, error) => logger.error({ messageId, error }, 'dead letter stays in DATA_DIR'),
  };
}

function recorderEvents(logger: Logger): RecorderEvents {
  return {
    failed: (err) => logger.error({ err }, 'recording: cannot be written'),
    lost: (lines) => logger.warn({ lines }, 'recording: lines are missing'),
  };
}

/** Adds up what happens, by key, and tells each sum at most once a second; the ledger has what is left untold. */
function oncePerSecond<K>(
  clock: Clock,
  tell: (key: K, count: number) => void,
): (key: K, count: number) => void {
  const told = new Map<K, { at: number; untold: number }>();
  return (key, count) => {
    const { at, untold } = told.get(key) ?? { at: -Infinity, untold: 0 };
    const isDue = clock.now() - at >= 1000;
    if (isDue) tell(key, untold + count);
    told.set(key, isDue ? { at: clock.now(), untold: 0 } : { at, untold: untold + count });
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
