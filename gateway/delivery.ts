import type { Subjects } from '../shared/subjects.ts';
import type { Bus, OpenBus, Outcome } from './bus/bus.ts';
import { openEmbeddedBus } from './bus/embedded-bus.ts';
import { openNatsBus } from './bus/nats-bus.ts';
import type { Clock, Random } from './clock.ts';
import type { Config, Name } from './config.ts';
import type { Degradation } from './degradation.ts';
import type { Ledger } from './ledger.ts';
import { natsSettings } from './nats-settings.ts';
import { openDeadLetters } from './publish/dead-letters.ts';
import { PublishQueue } from './publish/publish-queue.ts';
import type { QueueLimits } from './publish/queue-options.ts';
import { openSpoolFile } from './publish/spool-file.ts';
import type { Spool } from './publish/spool.ts';
import type { BusStatus } from './status.ts';
import type { OpenLog } from './store/log.ts';
import type { Telemetry } from './telemetry.ts';

/** What is read of the configuration. */
export const DELIVERY_SETTINGS = [
  'MESSAGE_BUS_DRIVER',
  'NATS_URL',
  'NATS_CREDS_FILE',
  'NATS_STREAM',
  'NATS_STREAM_MAX_AGE_S',
  'NATS_STREAM_REPLICAS',
  'EMBEDDED_MAX_BYTES',
  'PUBLISH_MAX_RETRIES',
  'PUBLISH_BASE_DELAY_MS',
  'PUBLISH_MAX_DELAY_MS',
  'PUBLISH_TIMEOUT_MS',
  'PUBLISH_MAX_IN_FLIGHT',
  'QUEUE_MAX_BYTES',
  'SPOOL_MAX_BYTES',
] as const satisfies readonly Name[];

export type DeliveryConfig = Pick<Config, (typeof DELIVERY_SETTINGS)[number]> & {
  /** `none`: not even an existing one, which belongs to another process. */
  readonly SPOOL: Config['SPOOL'] | 'none';
};

export type DeliveryOptions = {
  readonly config: DeliveryConfig;
  readonly clock: Clock;
  readonly random: Random;
  /** Absolute, and ours alone. */
  readonly dataDir: string;
  readonly subjects: Subjects;
  readonly ledger: Ledger;
  readonly telemetry: Pick<Telemetry, 'bus' | 'queue' | 'deadLetters'>;
  /** undefined: the bus that the configuration names. */
  readonly openBus: OpenBus | undefined;
  /** For the spool and the dead letters; undefined: files in the data directory. */
  readonly openLog: OpenLog | undefined;
};

const NOT_STARTED: Outcome = { kind: 'ambiguous', error: 'the bus is not started' };

/** Everything behind the border at `offer`: the queue, the bus and the dead letters, connected. */
export type Delivery = {
  readonly queue: PublishQueue;
  busStatus(): BusStatus;
  degraded(): readonly Degradation[];
  /** Asks the bus for the first time; until then what is offered waits. */
  start(): void;
  /** Sends nothing more; what is not settled goes to the spool, or is lost and counted. Asked again, it waits for the first. */
  stop(deadlineMs: number): Promise<void>;
};

/** @throws StoreError when a file in the data directory cannot be used */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { config, clock, random, dataDir, ledger, telemetry } = options;
  const openBus = options.openBus ?? busOf(options);

  let bus: Bus | undefined;
  const deadLetters = openDeadLetters(
    {
      dataDir,
      subject: options.subjects.deadLetter,
      clock,
      random,
      send: async (message) => bus?.send(message) ?? NOT_STARTED,
      events: telemetry.deadLetters,
    },
    options.openLog,
  );
  let status: BusStatus = { driver: config.MESSAGE_BUS_DRIVER, state: 'connecting', lastError: null };
  const queue = new PublishQueue({
    limits: queueLimits(config),
    spoolMode: config.SPOOL === 'none' ? 'off' : config.SPOOL,
    spool: spoolFor(options),
    ledger,
    clock,
    random,
    events: telemetry.queue,
    publish: (token, message) => bus?.publish(token, message),
    memory: () => bus?.memory,
    keepDeadLetter: (rejection, settled) => deadLetters.keep(rejection, settled),
  });

  let stopped: Promise<void> | undefined;
  const stop = async (deadlineMs: number): Promise<void> => {
    queue.halt();
    await bus?.close(deadlineMs);
    deadLetters.flush();
    queue.close();
    deadLetters.close();
  };
  return {
    queue,
    busStatus: () => status,
    degraded: () => [...(bus?.degraded() ?? []), ...queue.degraded()],
    start() {
      bus = openBus({
        onOutcome: (token, outcome) => queue.outcome(token, outcome),
        onRefused: (refusal) => queue.refused(refusal),
        onStream: (id, lastSequence) => queue.stream(id, lastSequence),
        onState: (state, error) => {
          status = { ...status, state, lastError: error ?? status.lastError };
          telemetry.bus.stateChanged(state, error);
          queue.busState(state);
          deadLetters.busState(state);
        },
      });
    },
    stop: (deadlineMs) => (stopped ??= stop(deadlineMs)),
  };
}

/** The one that the configuration names. */
function busOf({ config, clock, random, dataDir, subjects, telemetry }: DeliveryOptions): OpenBus {
  if (config.MESSAGE_BUS_DRIVER === 'embedded') {
    return openEmbeddedBus({ dataDir, maxBytes: config.EMBEDDED_MAX_BYTES, clock });
  }
  return openNatsBus({
    ...natsSettings(config),
    subjects,
    clock,
    random,
    onWarning: telemetry.bus.warning,
    timings: undefined,
  });
}

/** On the embedded bus there is no spool: the bus is the disk. */
function spoolFor({ config, dataDir, clock, telemetry, openLog }: DeliveryOptions): Spool | undefined {
  if (config.MESSAGE_BUS_DRIVER === 'embedded' || config.SPOOL === 'none') return undefined;
  const { SPOOL, SPOOL_MAX_BYTES } = config;
  const { spool, setAside } = openSpoolFile(dataDir, SPOOL, SPOOL_MAX_BYTES, clock.date(), openLog);
  if (setAside) telemetry.queue.spoolSetAside(setAside.path, setAside.error);
  return spool;
}

function queueLimits(config: DeliveryConfig): QueueLimits {
  return {
    maxBytes: config.QUEUE_MAX_BYTES,
    maxSpoolBytes: config.SPOOL_MAX_BYTES,
    maxInFlight: config.PUBLISH_MAX_IN_FLIGHT,
    timeoutMs: config.PUBLISH_TIMEOUT_MS,
    baseDelayMs: config.PUBLISH_BASE_DELAY_MS,
    maxDelayMs: config.PUBLISH_MAX_DELAY_MS,
    maxRetries: config.PUBLISH_MAX_RETRIES,
  };
}
