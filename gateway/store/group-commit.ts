import type { Clock } from '../clock.ts';
import type { Appended, Log, LogRecord } from './log.ts';

/** At most one commit in this many milliseconds: what arrives meanwhile shares the next one. */
const COMMIT_INTERVAL_MS = 10;

/** One commit writes no more than this, unless a single record is larger: it blocks the event loop. */
const MAX_COMMIT_BYTES = 1024 * 1024;

/** What became of one record; `failed`: nothing of its commit was written, because the log threw this. */
export type Committed = Appended | { readonly kind: 'failed'; readonly error: unknown };

type Waiting = { readonly record: LogRecord; readonly settle: (committed: Committed) => void };

/** Appends to a log in groups, so that a burst costs a few commits rather than one per record. */
export class GroupCommit {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #maxBytes: number;
  #waiting: Waiting[] = [];
  #lastCommitAt = -Infinity;
  #cancel: (() => void) | undefined;

  constructor(log: Log, clock: Clock, maxBytes = MAX_COMMIT_BYTES) {
    this.#log = log;
    this.#clock = clock;
    this.#maxBytes = maxBytes;
  }

  /** `settle` is called once, in a later turn or from `flush` or `abandon`. */
  append(record: LogRecord, settle: Waiting['settle']): void {
    this.#waiting.push({ record, settle });
    this.#schedule();
  }

  /** Commits what is waiting now, until all of it is written or time is up. */
  flush(until = Infinity): void {
    this.#stop();
    while (this.#waiting.length > 0 && this.#clock.now() < until) this.#commit();
  }

  /** Settles what is waiting as failed. */
  abandon(error: unknown): void {
    this.#stop();
    for (const { settle } of this.#waiting.splice(0)) settle({ kind: 'failed', error });
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(): void {
    if (this.#cancel !== undefined || this.#waiting.length === 0) return;
    const waitMs = Math.max(0, this.#lastCommitAt + COMMIT_INTERVAL_MS - this.#clock.now());
    this.#cancel = this.#clock.after(waitMs, () => {
      this.#cancel = undefined;
      this.#commit();
      this.#schedule();
    });
  }

  #commit(): void {
    const batch = this.#takeBatch();
    const answers = this.#append(batch);
    this.#lastCommitAt = this.#clock.now();
    for (const [index, answer] of answers.entries()) batch[index]?.settle(answer);
  }

  #takeBatch(): Waiting[] {
    let [count, bytes] = [0, 0];
    for (const { record } of this.#waiting) {
      bytes += record.body.byteLength;
      if (count > 0 && bytes > this.#maxBytes) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  #append(batch: readonly Waiting[]): Committed[] {
    try {
      return this.#log.append(batch.map(({ record }) => record));
    } catch (error) {
      return batch.map(() => ({ kind: 'failed', error }));
    }
  }
}
