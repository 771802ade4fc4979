import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { openLog, type Appended, type Log, type LogRecord } from '../store/log.ts';
import type { Degradation } from '../degradation.ts';
import type { Bus, BusEvents, BusMessage, BusState, OpenBus, Outcome } from './bus.ts';

/** At most one commit in so many milliseconds: what arrives meanwhile shares the next one. */
const COMMIT_INTERVAL_MS = 10;

/** One commit writes no more than this, nor more than an eighth of the log: the event loop stands still meanwhile. */
const MAX_COMMIT_BYTES = 1024 * 1024;

/** The one file of the embedded bus. Its layout is private: read it back with `readStored`. */
export function embeddedBusPath(dataDir: string): string {
  return join(dataDir, 'bus.sqlite');
}

/**
 * Opens the file at once, so that one that cannot be used ends the start and not the run; the bus itself reports
 * `up` in a later turn.
 *
 * @param options.maxBytes the oldest messages are removed beyond this
 * @throws StoreError
 */
export function openEmbeddedBus(options: {
  readonly dataDir: string;
  readonly maxBytes: number;
  readonly clock: Clock;
}): OpenBus {
  const { dataDir, maxBytes, clock } = options;
  const log = openLog(embeddedBusPath(dataDir), { maxBytes, discard: 'old', synchronous: 'FULL' });
  return embeddedBus(log, clock);
}

/** A bus on a log, which it closes. */
export function embeddedBus(log: Log, clock: Clock): OpenBus {
  return (events) => new EmbeddedBus(log, clock, events);
}

/** `abandon`: the bus is closed before it was stored. */
type Pending = {
  readonly message: BusMessage;
  readonly settle: (outcome: Outcome) => void;
  readonly abandon: () => void;
};

const CLOSED: Outcome = { kind: 'ambiguous', error: 'the bus is closed' };

type Phase =
  | { readonly name: 'opening' | 'scheduled'; readonly cancel: () => void }
  | { readonly name: 'idle' | 'closed' };

/**
 * Publishes by group commit: an ack says that the message is on the disk.
 *
 * A commit is synchronous and blocks the event loop for a few milliseconds; that is the price of having no server.
 */
class EmbeddedBus implements Bus {
  readonly driver = 'embedded';
  /** An id is unique in the file for as long as its message is there. */
  readonly memory = undefined;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #events: BusEvents;
  #phase: Phase;
  #pending: Pending[] = [];
  #lastCommitAt = -Infinity;
  #reported: { readonly state: BusState; readonly error: string | null } = {
    state: 'connecting',
    error: null,
  };

  constructor(log: Log, clock: Clock, events: BusEvents) {
    this.#log = log;
    this.#clock = clock;
    this.#events = events;
    this.#phase = { name: 'opening', cancel: clock.after(0, () => this.#open()) };
  }

  publish(token: number, message: BusMessage): void {
    this.#enqueue({
      message,
      settle: (outcome) => this.#events.onOutcome(token, outcome),
      abandon: () => {},
    });
  }

  /** Shares the next commit like any other. */
  send(message: BusMessage): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#enqueue({ message, settle: resolve, abandon: () => resolve(CLOSED) });
    return promise;
  }

  degraded(): readonly Degradation[] {
    const { state, error } = this.#reported;
    return state === 'refusing'
      ? [{ code: 'bus_down', sentence: `the store cannot be written: ${error}` }]
      : [];
  }

  async close(deadlineMs: number): Promise<void> {
    if (this.#phase.name === 'closed') return;
    if ('cancel' in this.#phase) this.#phase.cancel();
    this.#phase = { name: 'closed' };
    const deadline = this.#clock.now() + deadlineMs;
    while (this.#pending.length > 0 && this.#clock.now() < deadline) this.#commit();
    for (const { abandon } of this.#pending.splice(0)) abandon();
    this.#log.close();
  }

  #enqueue(pending: Pending): void {
    if (this.#phase.name === 'closed') return pending.abandon();
    this.#pending.push(pending);
    if (this.#phase.name === 'idle') this.#schedule();
  }

  #open(): void {
    this.#phase = { name: 'idle' };
    this.#events.onState('connecting', null);
    this.#events.onStream('embedded');
    this.#report('up', null);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#phase.name !== 'idle' || this.#pending.length === 0) return;
    const waitMs = Math.max(0, this.#lastCommitAt + COMMIT_INTERVAL_MS - this.#clock.now());
    this.#phase = { name: 'scheduled', cancel: this.#clock.after(waitMs, () => this.#commitScheduled()) };
  }

  #commitScheduled(): void {
    this.#phase = { name: 'idle' };
    this.#commit();
    this.#schedule();
  }

  #commit(): void {
    const batch = this.#takeBatch();
    const outcomes = this.#append(batch);
    this.#lastCommitAt = this.#clock.now();
    for (const [index, outcome] of outcomes.entries()) batch[index]?.settle(outcome);
  }

  #takeBatch(): Pending[] {
    const limit = Math.min(MAX_COMMIT_BYTES, this.#log.maxBytes / 8);
    let [count, bytes] = [0, 0];
    for (const { message } of this.#pending) {
      bytes += message.body.byteLength;
      if (count > 0 && bytes > limit) break;
      count += 1;
    }
    return this.#pending.splice(0, count);
  }

  /** All of a batch is stored, or none: whatever SQLite cannot do now it may do once somebody has helped. */
  #append(batch: readonly Pending[]): Outcome[] {
    const time = this.#clock.date();
    let appended: Appended[];
    try {
      appended = this.#log.append(batch.map(({ message }) => toRecord(message, time)));
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown.message : String(thrown);
      this.#report('refusing', error);
      return batch.map(() => ({ kind: 'refused', code: 'bus_refused', error }));
    }
    this.#report('up', null);
    return appended.map((answer) => toOutcome(answer, this.#log.maxBytes));
  }

  #report(state: BusState, error: string | null): void {
    if (state === this.#reported.state && error === this.#reported.error) return;
    this.#reported = { state, error };
    this.#events.onState(state, error);
  }
}

function toRecord({ messageId, subject, headers, body }: BusMessage, time: number): LogRecord {
  return { messageId, subject, headers, body, time, attributes: {} };
}

function toOutcome(answer: Appended, maxBytes: number): Outcome {
  if (answer.kind === 'stored') return answer;
  const error = `the message alone is larger than EMBEDDED_MAX_BYTES (${maxBytes})`;
  return { kind: 'rejected', reason: 'max_msg_size', error };
}
