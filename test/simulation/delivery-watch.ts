import type { Degradation } from '../../gateway/degradation.ts';
import type { Ledger } from '../../gateway/ledger.ts';
import type { FailureKind } from '../../gateway/publish/queue-options.ts';
import type { Book, Kept } from './book.ts';
import type { Journal } from './journal.ts';

/** A bus that fails so often in a row is given so much time at least. */
const MANY_FAILURES = 25;
const MANY_FAILURES_MS = 5_000;

/** What one process may and may not send, by what it was answered. */
export class DeliveryWatch {
  /** How many messages may be settled, since they are stored: a true ack said so, or the stream itself. */
  #stored = 0;
  /** Of these, what this process never sent before it was told that the stream has it already. */
  #foreign = 0;
  /** Taken over twice, since its id was forgotten meanwhile: which of the two an answer concerns is not known here. */
  #either = 0;
  /** How often each was taken over, and how often of these it was told to be stored. */
  readonly #taken = new Map<string, number>();
  readonly #told = new Map<string, number>();
  /** How often each was sent, and was answered by an error without a rule, since it was taken over. */
  readonly #sends = new Map<string, number>();
  readonly #unknown = new Map<string, number>();
  /** When the bus failed, since it last took something. */
  #failures: number[] = [];
  readonly #book: Book;
  readonly #journal: Journal;
  readonly #degraded: () => readonly Degradation[];
  /** Taken over and not settled as far as the bus has told, by channel, oldest first. */
  readonly #open = new Map<string, Kept[]>();
  readonly #inFlight = new Set<string>();
  /** What was sent since a failure, until the next ack; undefined: there was none. */
  #sinceFailure: Set<string> | undefined;

  constructor(book: Book, journal: Journal, degraded: () => readonly Degradation[]) {
    this.#book = book;
    this.#journal = journal;
    this.#degraded = degraded;
  }

  kept(kept: Kept): void {
    this.#taken.set(kept.id, this.#timesTaken(kept.id) + 1);
    this.#sends.delete(kept.id);
    this.#unknown.delete(kept.id);
    const open = this.#open.get(kept.channel) ?? [];
    this.#open.set(
      kept.channel,
      [...open, kept].sort((a, b) => a.order - b.order),
    );
  }

  published(id: string): void {
    const kept = this.#book.kept.get(id);
    this.#journal.check(kept !== undefined, () => `${id} was published and never taken over`);
    if (!kept) return;
    if (this.#degraded().some(({ code }) => code === 'spool_failed')) kept.isUnnoted = true;
    this.#journal.check(
      !this.#told.has(id) || kept.isRepeated,
      () => `${id} was sent again after it was acked`,
    );
    this.#checkOrder(kept);
    this.#checkWindow(id);
    this.#inFlight.add(id);
    this.#sends.set(id, this.#timesSent(id) + 1);
  }

  /** The bus has it, and the process is told now. @param sends how often it was sent at least, if it is ours */
  told(id: string, sends: number): void {
    const told = this.#told.get(id) ?? 0;
    if (told < this.#timesTaken(id)) {
      this.#stored++;
      if (this.#timesTaken(id) > 1) this.#either++;
      else if (this.#timesSent(id) < sends) this.#foreign++;
    }
    this.#failures = [];
    this.#told.set(id, Math.min(told + 1, this.#timesTaken(id)));
    this.#sinceFailure = undefined;
    this.settled(id);
  }

  /** The bus will never take it, or perhaps not. */
  settled(id: string): void {
    const kept = this.#book.kept.get(id);
    const open = kept && this.#open.get(kept.channel);
    if (open)
      this.#open.set(
        kept.channel,
        open.filter((other) => other !== kept),
      );
    this.#inFlight.delete(id);
  }

  /** For good, or perhaps: `failed` follows where it is not. */
  rejected(id: string): void {
    this.#sinceFailure = undefined;
    this.settled(id);
  }

  failed(id: string, kind: FailureKind, now: number): void {
    this.#journal.count(`publish: failed, ${kind}`);
    if (kind === 'unknown') this.#unknown.set(id, this.#timesUnknown(id) + 1);
    this.#failures = [...this.#failures, now].slice(-MANY_FAILURES);
    const since = this.#failures[this.#failures.length - MANY_FAILURES] ?? -Infinity;
    this.#journal.check(
      now - since >= MANY_FAILURES_MS,
      () => `the bus failed ${MANY_FAILURES} times within ${now - since} ms`,
    );
    this.#inFlight.clear();
    this.#sinceFailure = new Set();
  }

  /** Whatever was in flight is to be sent again. */
  unlinked(): void {
    this.#inFlight.clear();
  }

  /** The stream was asked what it holds. */
  looked(): void {
    this.#sinceFailure = undefined;
  }

  /** It is a dead letter, since nobody knows what its error means. */
  gaveUp(id: string, retries: number): void {
    const known = this.#timesUnknown(id);
    // Which of two with the same id an error concerned is not known here.
    if (this.#timesTaken(id) > 1) return;
    this.#journal.check(known === retries, () => `${id} was given up after ${known} retries, not ${retries}`);
  }

  /** Nothing counts as settled that is not, and nothing as ours that was there before. */
  check({ published, duplicates }: Ledger): void {
    const [settled, ours] = [published + duplicates.bus, this.#stored - this.#foreign];
    this.#journal.check(settled <= this.#stored, () => `${settled} settled, ${this.#stored} acked`);
    this.#journal.check(published <= ours, () => `${published} count as published, ${ours} are`);
    this.#journal.check(
      duplicates.bus <= this.#foreign + this.#either,
      () => `${duplicates.bus} count as stored before, ${this.#foreign} were`,
    );
  }

  #timesSent(id: string): number {
    return this.#sends.get(id) ?? 0;
  }

  #timesUnknown(id: string): number {
    return this.#unknown.get(id) ?? 0;
  }

  #timesTaken(id: string): number {
    return this.#taken.get(id) ?? 0;
  }

  #checkOrder({ id, channel, order, isRepeated }: Kept): void {
    if (isRepeated) return;
    const passedOver = this.#open
      .get(channel)
      ?.find((older) => older.order < order && !older.isRepeated && !this.#inFlight.has(older.id));
    this.#journal.check(!passedOver, () => `${id} was sent before ${passedOver?.id}, which is older`);
  }

  #checkWindow(id: string): void {
    if (!this.#sinceFailure) return;
    this.#sinceFailure.add(id);
    const sent = this.#sinceFailure;
    this.#journal.check(sent.size <= 1, () => `sent at once after a failure: ${[...sent].join(', ')}`);
  }
}
