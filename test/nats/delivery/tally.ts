import assert from 'node:assert/strict';
import { overtakers, type SentMessage, type StoredMessage } from '../../fakes/stream-audit.ts';

/** How a scenario went, read back from the stream. */
export type Tally = {
  readonly rounds: number;
  readonly messages: number;
  /** Ids that had to be stored and are not. */
  readonly lost: readonly string[];
  /** Ids that are stored more than once. */
  readonly doubled: readonly string[];
  /** Messages stored ahead of an older one of their channel. */
  readonly overtakers: number;
  /** What the gateway says of them. */
  readonly reordered: number;
  /** By how many the gateway's count of what is stored is wrong. */
  readonly miscounted: number;
  /** From the repair until everything received before it was settled and the gateway was ready; 0 without a repair. */
  readonly worstRecoveryMs: number;
};

/** A scenario at length: `repetitions` rounds whose moments follow from `seed`. Throws when a promise beside the tally is broken. */
export type Scenario = (repetitions: number, seed: number) => Promise<Tally>;

/**
 * @param said in order, over all channels
 * @param required those of them that have to be stored
 */
export function tally(
  stored: readonly StoredMessage[],
  said: readonly SentMessage[],
  required: readonly SentMessage[],
  counted: Pick<Tally, 'rounds' | 'reordered' | 'miscounted' | 'worstRecoveryMs'>,
): Tally {
  const seen = new Set<string>();
  const doubled = stored.filter(({ id }) => seen.size === seen.add(id).size).map(({ id }) => id);
  return {
    ...counted,
    messages: said.length,
    lost: required.filter(({ id }) => !seen.has(id)).map(({ id }) => id),
    doubled,
    overtakers: [...overtakers(stored, said).values()].reduce((total, count) => total + count, 0),
  };
}

/** A scenario whose every round has a rig of its own. */
export function anew(round: (seed: number) => Promise<Tally>): Scenario {
  return async (repetitions, seed) => {
    const tallies: Tally[] = [];
    for (let repetition = 0; repetition < repetitions; repetition++)
      tallies.push(await round(seed * 1000 + repetition));
    return sum(tallies);
  };
}

/** Of several runs as of one. */
export function sum(tallies: readonly Tally[]): Tally {
  const total = (read: (one: Tally) => number) => tallies.reduce((so, one) => so + read(one), 0);
  return {
    rounds: total(({ rounds }) => rounds),
    messages: total(({ messages }) => messages),
    lost: tallies.flatMap(({ lost }) => lost),
    doubled: tallies.flatMap(({ doubled }) => doubled),
    overtakers: total((one) => one.overtakers),
    reordered: total(({ reordered }) => reordered),
    miscounted: total(({ miscounted }) => miscounted),
    worstRecoveryMs: Math.max(0, ...tallies.map(({ worstRecoveryMs }) => worstRecoveryMs)),
  };
}

/** What is wrong with it, in a few words; "" when nothing is. */
export function faultsOf({
  messages,
  lost,
  doubled,
  overtakers: ahead,
  reordered,
  miscounted,
}: Tally): string {
  const faults = [
    messages === 0 && 'nothing was said',
    lost.length > 0 && `${lost.length} lost: ${lost.slice(0, 5).join(', ')}`,
    doubled.length > 0 && `${doubled.length} doubled: ${doubled.slice(0, 5).join(', ')}`,
    miscounted !== 0 && `${miscounted} more counted than stored`,
    ahead !== reordered && `${ahead} out of order, ${reordered} counted`,
  ];
  return faults.filter((fault) => fault !== false).join('; ');
}

/** Nothing lost, nothing doubled, and what is out of order was counted. */
export function assertFlawless(result: Tally): void {
  assert.equal(faultsOf(result), '');
}

/** Flawless, and every channel in the order said. */
export function assertInOrder(result: Tally): void {
  assertFlawless(result);
  assert.equal(result.overtakers, 0, 'out of order');
}
