import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { GroupCommit, type Committed } from '../store/group-commit.ts';
import { openLog, type Log } from '../store/log.ts';
import type { Degradation } from '../degradation.ts';
import type { Bus, BusEvents, BusMessage, BusState, OpenBus, Outcome } from './bus.ts';
import { errorText } from '../../shared/error-text.ts';

/** One commit writes no more than this, nor more than an eighth of the log: it blocks the event loop. */
const MAX_COMMIT_BYTES = 1024 * 1024;

/** The one file of the embedded bus. Its layout is private: read it back with `readStored`. */
export function embeddedBusPath(dataDir: string): string {
  return join(dataDir, 'bus.sqlite');
}

/**
 * Opens the file at once, so that an unusable one fails the start and not the run; the bus itself reports `up` in a
 * later turn.
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

const CLOSED: Outcome = { kind: 'ambiguous', error: 'the bus is closed' };
const ABANDONED = new Error(CLOSED.error);

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
  readonly #commits: GroupCommit;
  readonly #cancelOpening: () => void;
  #isClosed = false;
  #reported: { readonly state: BusState; readonly error: string | null } = {
    state: 'connecting',
    error: null,
  };

  constructor(log: Log, clock: Clock, events: BusEvents) {
    this.#log = log;
    this.#clock = clock;
    this.#events = events;
    this.#commits = new GroupCommit(log, clock, Math.min(MAX_COMMIT_BYTES, log.maxBytes / 8));
    this.#cancelOpening = clock.after(0, () => this.#open());
  }

  publish(token: number, message: BusMessage): void {
    if (this.#isClosed) return;
    this.#append(message, (outcome) => {
      if (outcome !== CLOSED) this.#events.onOutcome(token, outcome);
    });
  }

  /** Shares the next commit like any other. */
  send(message: BusMessage): Promise<Outcome> {
    if (this.#isClosed) return Promise.resolve(CLOSED);
    return new Promise((resolve) => this.#append(message, resolve));
  }

  degraded(): readonly Degradation[] {
    const { state, error } = this.#reported;
    return state === 'refusing'
      ? [{ code: 'bus_down', sentence: `the store cannot be written: ${error}` }]
      : [];
  }

  async close(deadlineMs: number): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelOpening();
    this.#commits.flush(this.#clock.now() + deadlineMs);
    this.#commits.abandon(ABANDONED);
    this.#log.close();
  }

  #open(): void {
    this.#events.onState('connecting', null);
    this.#events.onStream('embedded', 0);
    this.#report('up', null);
  }

  #append(message: BusMessage, told: (outcome: Outcome) => void): void {
    const { messageId, subject, headers, body } = message;
    const record = { messageId, subject, headers, body, time: this.#clock.date(), attributes: {} };
    this.#commits.append(record, (committed) => told(this.#outcomeOf(committed)));
  }

  /** All of a commit is stored, or none: what SQLite cannot do now it may do once somebody has helped. */
  #outcomeOf(committed: Committed): Outcome {
    if (committed.kind === 'failed' && committed.error === ABANDONED) return CLOSED;
    if (committed.kind === 'failed') {
      const { error: thrown } = committed;
      const error = errorText(thrown);
      this.#report('refusing', error);
      return { kind: 'refused', code: 'bus_refused', error };
    }
    this.#report('up', null);
    if (committed.kind === 'stored') return committed;
    const error = `the message alone is larger than EMBEDDED_MAX_BYTES (${this.#log.maxBytes})`;
    return { kind: 'rejected', reason: 'max_msg_size', error };
  }

  #report(state: BusState, error: string | null): void {
    if (state === this.#reported.state && error === this.#reported.error) return;
    this.#reported = { state, error };
    this.#events.onState(state, error);
  }
}
