import type { DeadLetterReason } from '../../gateway/bus/bus.ts';
import type { DropReason, Ledger } from '../../gateway/ledger.ts';
import type { Journal } from './journal.ts';

/** What one process told, as it happened, of the messages that do not reach the stream: its ledger says the same. */
export class Told {
  readonly #journal: Journal;
  readonly #counts = new Map<DropReason | DeadLetterReason, number>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Dead letters that the disk did not take. */
  get lettersLost(): number {
    return this.#counts.get('deadletter_store') ?? 0;
  }

  lost(reason: DropReason | DeadLetterReason, count: number): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
  }

  check({ dropped, deadLettered }: Ledger): void {
    for (const [reason, count] of Object.entries({ ...dropped, ...deadLettered })) {
      const told = this.#counts.get(reason as DropReason | DeadLetterReason) ?? 0;
      this.#journal.check(count === told, () => `${count} count as ${reason}, ${told} were told`);
    }
  }
}
