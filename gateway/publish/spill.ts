import type { Ledger } from '../ledger.ts';
import type { Pending } from './pending.ts';
import type { Placed } from './queued-message.ts';
import type { SpoolWriter } from './spool-writer.ts';
import type { Spool, Spooled } from './spool.ts';

/** One commit writes no more: it blocks the event loop. */
const SPILL_BYTES = 4 * 1024 * 1024;

/** At a stop, writes to the disk what is in memory alone: a stop that is cut short loses only what was left. */
export class Spill {
  readonly #spool: Spool;
  readonly #writer: SpoolWriter;
  readonly #pending: Pending;
  readonly #ledger: Ledger;

  constructor(spool: Spool, writer: SpoolWriter, pending: Pending, ledger: Ledger) {
    this.#spool = spool;
    this.#writer = writer;
    this.#pending = pending;
    this.#ledger = ledger;
  }

  /**
   * A part of it, the newest first: the oldest are just being sent. Where the disk has no room for all of it the oldest
   * come first: what was accepted earliest stays.
   *
   * @returns whether there may be more
   */
  some(): boolean {
    // The note of what was sent, and where it would be found, goes first.
    this.#writer.commit();
    if (this.#writer.failure !== null) return false;
    const hasRoom = this.#spool.bytes + this.#pending.bytes <= this.#spool.maxBytes;
    const entries = this.#pending.inMemoryAlone(SPILL_BYTES, hasRoom ? 'newest' : 'oldest');
    const answers = this.#putBack(entries.map(({ placed }) => placed));
    for (const [index, entry] of entries.entries()) entry.onDisk = answers[index] === 'kept';
    return answers.includes('kept');
  }

  /** The rest, including what is on its way to the disk. @returns how many were lost */
  rest(isWritable: boolean): number {
    const homeless = this.#pending.inMemoryAlone(Infinity, 'oldest').map(({ placed }) => placed);
    this.#writer.takeWhile(
      () => true,
      (placed) => homeless.push(placed),
    );
    const answers = isWritable ? this.#putBack(homeless) : [];
    const repeated = answers.filter((answer) => answer === 'duplicate').length;
    this.#ledger.duplicates.gateway += repeated;
    return homeless.length - repeated - answers.filter((answer) => answer === 'kept').length;
  }

  /** @returns nothing when the disk cannot be written */
  #putBack(messages: readonly Placed[]): readonly Spooled[] {
    try {
      return this.#spool.putBack(messages);
    } catch (error) {
      this.#writer.failed(error);
      return [];
    }
  }
}
