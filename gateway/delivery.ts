import type { Bus, OpenBus } from './bus/bus.ts';
import { openEmbeddedBus } from './bus/embedded-bus.ts';
import type { Clock, Random } from './clock.ts';
import type { Config } from './config.ts';
import type { Ledger } from './ledger.ts';
import { openDeadLetters, type DeadLetters } from './publish/dead-letters.ts';
import { PublishQueue } from './publish/publish-queue.ts';
import type { QueueLimits, Rejection } from './publish/queue-options.ts';
import type { BusStatus } from './status.ts';
import type { Telemetry } from './telemetry.ts';

export type DeliveryOptions = {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  /** Absolute, and ours alone. */
  readonly dataDir: string;
  readonly deadLetterSubject: string;
  readonly ledger: Ledger;
  readonly telemetry: Telemetry;
  /** undefined: the bus that the configuration names. */
  readonly openBus: OpenBus | undefined;
};

/** Everything behind the border that `offer` is: the queue, the bus and the dead letters, connected. */
export type Delivery = {
  readonly queue: PublishQueue;
  busStatus(): BusStatus;
  /** Asks the bus for the first time; until then what is offered waits. */
  start(): void;
  /** Sends nothing more; returns how many messages were left and are lost. */
  stop(deadlineMs: number): Promise<number>;
};

/** @throws StoreError when a file in the data directory cannot be used */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { config, clock, random, dataDir, ledger, telemetry } = options;
  const deadLetters = openDeadLetters({
    dataDir,
    subject: options.deadLetterSubject,
    clock,
    onError: telemetry.deadLetters.notKept,
  });
  const openBus = options.openBus ?? openEmbeddedBus({ dataDir, maxBytes: config.EMBEDDED_MAX_BYTES, clock });

  let bus: Bus | undefined;
  let status: BusStatus = { driver: config.MESSAGE_BUS_DRIVER, state: 'connecting', lastError: null };
  const queue = new PublishQueue({
    limits: queueLimits(config),
    ledger,
    clock,
    random,
    events: telemetry.queue,
    publish: (token, message) => bus?.publish(token, message),
    keepDeadLetter: (rejection) => keepAndTell(deadLetters, rejection, telemetry),
  });

  return {
    queue,
    busStatus: () => status,
    start() {
      bus = openBus({
        onOutcome: (token, outcome) => queue.outcome(token, outcome),
        onState: (state, error) => {
          status = { ...status, state, lastError: error ?? status.lastError };
          telemetry.bus.stateChanged(state, error);
          queue.busState(state);
        },
      });
    },
    async stop(deadlineMs) {
      const lost = queue.stop();
      await bus?.close(deadlineMs);
      deadLetters.close();
      return lost;
    },
  };
}

function queueLimits(config: Config): QueueLimits {
  return {
    maxBytes: config.QUEUE_MAX_BYTES,
    maxInFlight: config.PUBLISH_MAX_IN_FLIGHT,
    timeoutMs: config.PUBLISH_TIMEOUT_MS,
    baseDelayMs: config.PUBLISH_BASE_DELAY_MS,
    maxDelayMs: config.PUBLISH_MAX_DELAY_MS,
    maxRetries: config.PUBLISH_MAX_RETRIES,
  };
}

function keepAndTell(deadLetters: DeadLetters, rejection: Rejection, telemetry: Telemetry): boolean {
  const kept = deadLetters.keep(rejection);
  if (kept) telemetry.deadLetters.kept(rejection);
  return kept;
}
