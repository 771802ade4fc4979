import type { FailureKind } from '../../gateway/publish/queue-options.ts';
import type { Book, Kept } from './book.ts';
import type { Journal } from './journal.ts';

/** What one process may and may not send, by what it was answered. */
export class DeliveryWatch {
  /** How many messages may be settled, since they are stored: a true ack said so, or the stream itself. */
  stored = 0;
  /** How often each was taken over, and how often of these it was told to be stored. */
  readonly #taken = new Map<string, number>();
  readonly #told = new Map<string, number>();
  readonly #book: Book;
  readonly #journal: Journal;
  /** Taken over and not settled as far as the bus has told, by channel, oldest first. */
  readonly #open = new Map<string, Kept[]>();
  readonly #inFlight = new Set<string>();
  /** What was sent since a failure, until the next ack; undefined: there was none. */
  #sinceFailure: Set<string> | undefined;

  constructor(book: Book, journal: Journal) {
    this.#book = book;
    this.#journal = journal;
  }

  kept(kept: Kept): void {
    this.#taken.set(kept.id, this.#timesTaken(kept.id) + 1);
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
    this.#journal.check(
      !this.#told.has(id) || kept.isRepeated,
      () => `${id} was sent again after it was acked`,
    );
    this.#checkOrder(kept);
    this.#checkWindow(id);
    this.#inFlight.add(id);
  }

  /** The bus has it, and the process is told now. */
  told(id: string): void {
    const told = this.#told.get(id) ?? 0;
    if (told < this.#timesTaken(id)) this.stored++;
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

  failed(kind: FailureKind): void {
    this.#journal.count(`publish: failed, ${kind}`);
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
