import { RecentIds } from '../shared/recent-ids.ts';
import { subjectsFor } from '../shared/subjects.ts';
import type { OpenBus } from './bus/bus.ts';
import { createChat, wantedChannels, type Chat } from './chat.ts';
import type { Clock, Random } from './clock.ts';
import { shownSettings, type Config } from './config.ts';
import { createDelivery, type Delivery } from './delivery.ts';
import { drain } from './drain.ts';
import { startHttpServer } from './http/server.ts';
import { createIngest } from './ingest.ts';
import { Ledger, type LedgerSnapshot } from './ledger.ts';
import type { Logger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { leftInSpool } from './publish/left-in-spool.ts';
import type { Secrets } from './secrets/secret-settings.ts';
import { openPaceFile } from './pace-file.ts';
import { readStatus } from './status-reader.ts';
import type { Status } from './status.ts';
import { openDataDir } from './store/data-dir.ts';
import { createTelemetry, type Telemetry } from './telemetry.ts';
import type { OpenSocket } from './twitch/socket.ts';

/** An id is remembered for this long, or until this many newer ones came. */
const SEEN_MS = 10 * 60 * 1000;
const SEEN_COUNT = 100_000;

export type GatewayOptions = {
  readonly config: Config;
  /** What to say about the configuration. */
  readonly warnings: readonly string[];
  readonly version: string;
  /** Names this process among others. */
  readonly instance: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  /** undefined: the bus that the configuration names. */
  readonly openBus: OpenBus | undefined;
  /** undefined: a real WebSocket. */
  readonly openSocket: OpenSocket | undefined;
};

export type Gateway = {
  /** Where HTTP listens. */
  readonly port: number;
  status(): Status;
  /** Leaves chat, drains the queue, lets go of everything; the same answer however often it is asked. */
  stop(why: string): Promise<StopReport>;
};

/** `dropped`: how many messages the stop itself lost. */
export type StopReport = { readonly ledger: LedgerSnapshot; readonly dropped: number };

/**
 * Builds the parts, connects them with plain functions, and stops them in reverse. HTTP listens before the bus and chat
 * are asked.
 *
 * @throws ChannelsFileError, DataDirError, StoreError, PortError: what the operator has to fix before a start
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, clock, version, instance } = options;
  const channels = await wantedChannels(config);
  await using undo = new AsyncDisposableStack();
  const dataDir = openDataDir(config.DATA_DIR);
  undo.defer(() => dataDir.release());
  const parts = createParts(options, channels, dataDir.path);
  const { chat, delivery, telemetry } = parts;
  undo.defer(() => delivery.stop(0));
  telemetry.process.starting({ version, instance, settings: shownSettings(config) });
  for (const warning of [...options.warnings, ...forgotten(config, dataDir.path)])
    telemetry.process.configurationWarning(warning);
  const http = await startHttpServer({
    port: config.PORT,
    readStatus: parts.status,
    readMetrics: parts.readMetrics,
    debugToken: config.DEBUG_TOKEN || undefined,
    clock,
    onError: telemetry.process.failed,
    requestTimeoutMs: undefined,
  });
  undo.defer(() => http.close());
  telemetry.process.listening(http.port);
  delivery.start();
  chat.start();

  const everything = undo.move();
  let stopped: Promise<StopReport> | undefined;
  const stop = async (why: string): Promise<StopReport> => {
    telemetry.process.stopping(why);
    parts.markStopping();
    await drain(chat, delivery, config.SHUTDOWN_TIMEOUT_MS, clock);
    await everything.disposeAsync();
    const { ledger } = parts.status();
    // Of the drain and after it: a server that is slow to let us go may have gone on talking.
    const dropped = parts.droppedByStop();
    telemetry.process.stopped(ledger, dropped);
    return { ledger, dropped };
  };
  return { port: http.port, status: parts.status, stop: (why) => (stopped ??= stop(why)) };
}

/** The embedded bus has no spool, so nobody would look into one that is there. */
function forgotten({ MESSAGE_BUS_DRIVER: driver }: Config, dataDir: string): string[] {
  const left = driver === 'embedded' ? leftInSpool(dataDir) : undefined;
  return left === undefined ? [] : [left];
}

type Parts = {
  readonly chat: Chat;
  readonly delivery: Delivery;
  readonly telemetry: Telemetry;
  readonly status: () => Status;
  readonly readMetrics: () => Promise<{ contentType: string; body: string }>;
  /** From now on not ready. */
  markStopping(): void;
  /** How many messages. */
  droppedByStop(): number;
};

function createParts(options: GatewayOptions, channels: readonly string[], dataDir: string): Parts {
  const { config, clock, logger, version, instance } = options;
  const subjects = subjectsFor(config.BUS_PREFIX);
  const startedAt = clock.date();
  const ledger = new Ledger();
  let stopping = false;
  const status = (): Status => readStatus({ instance, version, startedAt, stopping, chat, delivery, ledger });
  const metrics = createMetrics({ readStatus: status, ledger, version });
  const telemetry = createTelemetry({ logger, metrics, clock });
  const delivery = createDelivery({ ...options, openLog: undefined, dataDir, subjects, ledger, telemetry });
  const ingest = createIngest({
    ledger,
    recentIds: new RecentIds(SEEN_MS, SEEN_COUNT),
    clock,
    subject: subjects.ingress,
    finalizationDestination: config.FINALIZATION_DESTINATION,
    offer: (queued) => delivery.queue.offer(queued),
  });
  const paceMemory = openPaceFile(dataDir, clock);
  const chat = createChat({ ...options, channels, paceMemory, onChatLine: ingest, telemetry });
  return {
    chat,
    delivery,
    telemetry,
    status,
    readMetrics: metrics.read,
    markStopping: () => (stopping = true),
    droppedByStop: () => ledger.dropped.shutdown,
  };
}
