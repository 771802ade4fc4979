import type { DropReason } from '../ledger.ts';
import type { Pending } from './pending.ts';
import type { PendingEntry } from './pending-entry.ts';
import type { QueueOptions, Rejection } from './queue-options.ts';

/** How a message ends, each way with its term in the ledger. Whatever is settled leaves memory and the disk. */
export class Accounts {
  readonly #options: QueueOptions;
  readonly #pending: Pending;
  readonly #onDiskSettled: (position: number) => void;
  #lastDropAt: number | undefined;

  /** @param onDiskSettled is told of what may leave the disk */
  constructor(options: QueueOptions, pending: Pending, onDiskSettled: (position: number) => void) {
    this.#options = options;
    this.#pending = pending;
    this.#onDiskSettled = onDiskSettled;
  }

  /** @param ours whether this process stored it, or another one had before */
  stored(entry: PendingEntry, sequence: number, ours: boolean): void {
    const { ledger, events, clock } = this.#options;
    if (ours) ledger.published++;
    else ledger.duplicates.bus++;
    const { saidAt } = entry.placed.queued;
    events.stored(clock.now() - entry.acceptedAt, saidAt === undefined ? undefined : clock.date() - saidAt);
    this.#settle(entry, sequence);
  }

  /** @param settled is called when the message is no longer queued */
  rejected(entry: PendingEntry, reason: Rejection['reason'], error: string, settled: () => void): void {
    const { ledger, keepDeadLetter } = this.#options;
    this.#pending.park(entry);
    keepDeadLetter({ queued: entry.placed.queued, reason, error, attempts: entry.sends }, (kept) => {
      if (entry.state !== 'parked') return;
      if (kept) ledger.deadLettered[reason]++;
      else this.drop('deadletter_store', 1);
      this.#settle(entry, 0);
      settled();
    });
  }

  drop(reason: DropReason, count: number): void {
    const { ledger, clock, events } = this.#options;
    ledger.dropped[reason] += count;
    this.#lastDropAt = clock.now();
    events.dropped(reason, count);
  }

  /** How long ago something was dropped, in milliseconds; null: never. */
  get lastDropAgeMs(): number | null {
    return this.#lastDropAt === undefined ? null : this.#options.clock.now() - this.#lastDropAt;
  }

  #settle(entry: PendingEntry, sequence: number): void {
    const reordered = this.#pending.settle(entry, sequence);
    if (reordered > 0) this.#options.events.reordered(reordered);
    if (entry.onDisk) this.#onDiskSettled(entry.placed.position);
  }
}
