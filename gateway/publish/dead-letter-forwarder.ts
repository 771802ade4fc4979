import { backoffMs } from '../../shared/backoff.ts';
import type { BusMessage, BusState, DeadLetterReason, Outcome } from '../bus/bus.ts';
import type { Clock, Random } from '../clock.ts';
import type { Log, LogEntry } from '../store/log.ts';
import { truncated } from './dead-letter.ts';
import { errorText } from '../../shared/error-text.ts';

/** Letters on their way at once; they leave the local store in one commit. */
const WINDOW = 16;
const BASE_DELAY_MS = 1000;
const MAX_DELAY_MS = 60_000;
/** Tries of a letter that the bus answers with an error that has no rule. */
const MAX_UNKNOWN = 5;

const TOO_LARGE: ReadonlySet<DeadLetterReason> = new Set(['max_payload', 'max_msg_size']);

export type ForwarderEvents = {
  /** Something failed that may pass by itself; it is tried again after `retryInMs`. */
  retrying(error: string, retryInMs: number): void;
  /** The bus takes this one in no form at all; it is tried again at the next start. */
  staysLocal(messageId: string, error: string): void;
};

export type ForwarderOptions = {
  readonly log: Log;
  /** Where letters go now, wherever they were meant to go when they were kept. */
  readonly subject: string;
  readonly send: (message: BusMessage) => Promise<Outcome>;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: ForwarderEvents;
};

type Phase =
  | { readonly kind: 'resting' | 'sending' | 'closed' }
  | { readonly kind: 'paused'; readonly cancel: () => void };

type Forwarded = { readonly entry: LogEntry; readonly outcome: Outcome; readonly isTruncated: boolean };

/**
 * Moves dead letters from the local store to the bus, oldest first, whenever the bus can take them. One that is on the
 * bus leaves the store; if only a truncated one fits on the bus, the whole stays.
 */
export class DeadLetterForwarder {
  readonly #options: ForwarderOptions;
  #phase: Phase = { kind: 'resting' };
  #isLinked = false;
  /** Every letter up to this sequence was forwarded, or stays. */
  #after = 0;
  #failures = 0;
  #unknown = 0;

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  /** While the link is down nothing is sent. */
  busState(state: BusState): void {
    const isLinked = state === 'up' || state === 'refusing';
    if (isLinked === this.#isLinked || this.#phase.kind === 'closed') return;
    this.#isLinked = isLinked;
    if (this.#phase.kind === 'paused') this.#phase.cancel();
    if (this.#phase.kind !== 'sending') this.#resume();
  }

  /** There is something new in the store. */
  wake(): void {
    if (this.#phase.kind === 'resting') this.#resume();
  }

  /** Leaves the log alone from now on; what is on its way is forwarded again at the next start. */
  close(): void {
    if (this.#phase.kind === 'paused') this.#phase.cancel();
    this.#phase = { kind: 'closed' };
  }

  #resume(): void {
    this.#phase = { kind: 'resting' };
    if (this.#isLinked) this.#retryOnError(() => this.#sendPage());
  }

  #sendPage(): void {
    const page = this.#options.log.read({ after: this.#after, limit: WINDOW, subject: undefined });
    const last = page.at(-1)?.sequence;
    if (last === undefined) return;
    this.#phase = { kind: 'sending' };
    const waiting = page.filter(({ attributes }) => attributes['state'] === undefined);
    void this.#forwardAll(waiting, last);
  }

  async #forwardAll(waiting: readonly LogEntry[], last: number): Promise<void> {
    const results = await Promise.all(waiting.map((entry) => this.#forward(entry)));
    if (this.#phase.kind !== 'closed') this.#retryOnError(() => this.#settle(results, last));
  }

  async #forward(entry: LogEntry): Promise<Forwarded> {
    const { send, subject } = this.#options;
    const { messageId, headers, body } = entry;
    const letter = { messageId, subject, headers, body };
    const outcome = await send(letter);
    const isTooLarge = outcome.kind === 'rejected' && TOO_LARGE.has(outcome.reason);
    const cut = isTooLarge ? truncated(letter) : undefined;
    if (!cut) return { entry, outcome, isTruncated: false };
    return { entry, outcome: await send(cut), isTruncated: true };
  }

  /** What is on the bus is done with, whatever its place; the next page begins at the first that may be retried. */
  #settle(results: readonly Forwarded[], last: number): void {
    this.#release(results.filter(({ outcome }) => outcome.kind === 'stored'));
    const failed = results.find(({ outcome }) => this.#isRetried(outcome));
    this.#after = failed ? failed.entry.sequence - 1 : last;
    for (const { entry, outcome } of results) {
      if (entry.sequence > this.#after || outcome.kind === 'stored') continue;
      this.#options.events.staysLocal(entry.messageId, outcome.error);
    }
    if (failed) return this.#failed(failed.outcome);
    this.#failures = this.#unknown = 0;
    this.#resume();
  }

  #release(stored: readonly Forwarded[]): void {
    const sequences = (isTruncated: boolean) =>
      stored.filter((letter) => letter.isTruncated === isTruncated).map(({ entry }) => entry.sequence);
    const [whole, cut] = [sequences(false), sequences(true)];
    if (whole.length > 0) this.#options.log.settle(whole);
    if (cut.length > 0) this.#options.log.annotate(cut, { state: 'truncated' });
  }

  #isRetried({ kind }: Outcome): boolean {
    return kind === 'ambiguous' || kind === 'refused' || (kind === 'unknown' && this.#unknown < MAX_UNKNOWN);
  }

  #failed(outcome: Outcome): void {
    if (outcome.kind === 'unknown') this.#unknown++;
    if (outcome.kind !== 'stored') this.#pause(outcome.error);
  }

  #pause(error: string): void {
    const { clock, random, events } = this.#options;
    const retryInMs = backoffMs(this.#failures++, BASE_DELAY_MS, MAX_DELAY_MS, random);
    this.#phase = { kind: 'paused', cancel: clock.after(retryInMs, () => this.#resume()) };
    events.retrying(error, retryInMs);
  }

  /** What SQLite cannot do now it may do later; the bus recognises what it is sent a second time. */
  #retryOnError(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#pause(errorText(error));
    }
  }
}
