import type { QueuedMessage } from '../../gateway/publish/queued-message.ts';
import type { Book, Kept } from './book.ts';
import type { DeliveryWatch } from './delivery-watch.ts';
import type { Journal } from './journal.ts';
import type { Plan } from './plan.ts';
import type { SimClock } from './sim-clock.ts';

/** What one process takes over, and that it takes nothing over twice as long as it has to remember. */
export class IntakeWatch {
  readonly #taken = new Map<string, { readonly at: number; readonly count: number }>();
  /** How many were taken over, each as often as it was. */
  #count = 0;
  readonly #clock: SimClock;
  readonly #journal: Journal;
  readonly #book: Book;
  readonly #plan: Plan;
  readonly #delivery: DeliveryWatch;
  /** What was just to be written, and had no room. */
  #noRoom: readonly string[] = [];

  constructor(parts: { clock: SimClock; journal: Journal; book: Book; plan: Plan }, delivery: DeliveryWatch) {
    this.#delivery = delivery;
    this.#clock = parts.clock;
    this.#journal = parts.journal;
    this.#book = parts.book;
    this.#plan = parts.plan;
  }

  /** A line was counted as a repetition. */
  repeated(id: string): void {
    this.#journal.count('chat: a line recognised as a repetition');
    this.#journal.check(this.#taken.has(id), () => `${id} was taken for a repetition, but never taken over`);
  }

  /** Between ingest and the queue. The message may be sent before `offer` returns. */
  offered({ message: { messageId: id }, channel }: QueuedMessage): Kept {
    this.#noRoom = [];
    const known = this.#taken.get(id);
    const { idsMs, idsCount } = this.#plan;
    const isYoung = known && this.#clock.now() - known.at < idsMs && this.#count - known.count < idsCount;
    this.#journal.check(!isYoung, () => `${id} was taken over twice`);
    return this.#book.keep(id, channel);
  }

  /** These were to be written, and there was no room for them. */
  hadNoRoom(ids: readonly string[]): void {
    this.#noRoom = ids;
  }

  /**
   * It says that it lost so many for want of room: those that it has just tried to write, or one at the door. What was
   * taken over already may find no room where the disk could not be written meanwhile, and at a stop, which writes what
   * memory held, too; otherwise whether there is room is known before.
   */
  lostForRoom(count: number, isExpected: boolean): void {
    const lost = this.#noRoom;
    if (lost.length !== count) return;
    this.#journal.check(isExpected, () => `${lost.join()} were taken over, and there is no room for them`);
    for (const id of lost) {
      this.#delivery.settled(id);
      const kept = this.#book.kept.get(id);
      if (kept) this.#book.turnAway(kept);
    }
  }

  answered(kept: Kept, isTaken: boolean): void {
    if (isTaken) this.#taken.set(kept.id, { at: this.#clock.now(), count: this.#count++ });
    else this.#book.turnAway(kept);
  }
}
