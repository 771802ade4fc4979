import { systemClock } from '../../gateway/clock.ts';
import { Progress } from '../../scripts/progress.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { inTurn, work } from './workers.ts';

/** A bug that so many seeds do not show is not found. */
const MAX_SEEDS = 5_000;
/** Not a broken promise, but a bug that was planted so that nothing runs. */
const BROKEN_CODE = /^(?:ReferenceError|SyntaxError)/;

export type Found = {
  readonly mutant: Mutant;
  /** How many it took, from seed 1; undefined: it was not found. */
  readonly seeds: number | undefined;
  readonly failure: string;
};

/** Plants each bug, or only one, in a process of its own, and runs seeds until one breaks a promise. */
export async function findMutants(jobs: number, only: number | undefined): Promise<readonly Found[]> {
  const progress = new Progress(process.stderr, systemClock);
  let count = 0;
  const mutants = MUTANTS.filter(({ number }) => only === undefined || number === only);
  const tasks = mutants.map((mutant) => async () => {
    const found = await find(mutant);
    progress.show(`${++count} of ${mutants.length} planted bugs`);
    return found;
  });
  const found = await inTurn(tasks, jobs);
  progress.clear();
  return found;
}

async function find(mutant: Mutant): Promise<Found> {
  let failure = '';
  let seeds = 0;
  const order = { from: 1, to: MAX_SEEDS, step: 1, mutant: mutant.number, profile: undefined };
  await work(order, (report) => {
    seeds += report.seeds;
    failure ||= report.failures[0]?.failure ?? '';
  });
  const isFound = failure !== '' && !BROKEN_CODE.test(failure);
  return { mutant, seeds: isFound ? seeds : undefined, failure };
}

export function describeMutants(found: readonly Found[]): string {
  const lines = found.map(({ mutant: { number, what }, seeds, failure }) => {
    const took = seeds === undefined ? 'NOT FOUND' : `${seeds} seed${seeds === 1 ? '' : 's'}`;
    return `${String(number).padStart(2)}  ${took.padStart(10)}  ${what}: ${failure.split('\n', 1)[0]?.slice(0, 110)}`;
  });
  const took = found.map(({ seeds }) => seeds ?? Infinity).sort((a, b) => a - b);
  const count = took.filter(Number.isFinite).length;
  const median = took[Math.floor(took.length / 2)] ?? Infinity;
  return [
    ...lines,
    '',
    `${count} of ${found.length} planted bugs found; median ${median} seeds, at most ${took.at(-1)}`,
  ].join('\n');
}
