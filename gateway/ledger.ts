import { DEAD_LETTER_REASONS } from './bus/bus.ts';

/** Why a message was lost. Each is a promise to the operator that nothing else ever loses one. */
const DROP_REASONS = ['queue_full', 'spool_full', 'shutdown', 'deadletter_store'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/**
 * What became of every message, as one running sum. At every moment
 *
 *     received + recovered = published + duplicates + queued + deadLettered + dropped
 *
 * where `queued` is not kept here: it is counted from the structures that hold the messages, so that the equation
 * fails when the code is wrong.
 */
export class Ledger {
  received = 0;
  recovered = 0;
  published = 0;
  /** `gateway`: recognised here as already seen; `bus`: answered "duplicate" at the first attempt. */
  readonly duplicates = { gateway: 0, bus: 0 };
  readonly deadLettered = zeroes(DEAD_LETTER_REASONS);
  readonly dropped = zeroes(DROP_REASONS);

  snapshot(queued: number): LedgerSnapshot {
    return {
      received: this.received,
      recovered: this.recovered,
      published: this.published,
      duplicates: this.duplicates.gateway + this.duplicates.bus,
      queued,
      deadLettered: sum(this.deadLettered),
      dropped: sum(this.dropped),
    };
  }
}

export type LedgerSnapshot = {
  readonly received: number;
  readonly recovered: number;
  readonly published: number;
  readonly duplicates: number;
  readonly queued: number;
  readonly deadLettered: number;
  readonly dropped: number;
};

export function isBalanced(ledger: LedgerSnapshot): boolean {
  const { received, recovered, published, duplicates, queued, deadLettered, dropped } = ledger;
  return received + recovered === published + duplicates + queued + deadLettered + dropped;
}

/** A count for each key. */
export function zeroes<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
