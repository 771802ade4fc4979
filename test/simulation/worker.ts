/**
 * One worker process: `node worker.ts '<order as JSON>'`. It reports through its channel, a message for each batch of
 * seeds, and for each that breaks a promise.
 */
import { MUTANTS } from './mutants.ts';
import { plant } from './mutate.ts';
import type { ProfileName } from './profiles.ts';

export type Order = {
  readonly from: number;
  /** The last seed at most. */
  readonly to: number;
  readonly step: number;
  /** A planted bug; then the first broken promise ends the work. */
  readonly mutant: number | undefined;
  readonly profile: ProfileName | undefined;
};

export type Report = {
  readonly seeds: number;
  readonly virtualMs: number;
  readonly messages: number;
  readonly counts: readonly (readonly [name: string, times: number])[];
  readonly failures: readonly { readonly seed: number; readonly failure: string }[];
};

const REPORT_EVERY_MS = 500;
/** Of so many seeds one is run twice: the same seed has to give the same run. */
const TWICE_EVERY = 50;

const order = JSON.parse(process.argv[2] ?? '{}') as Order;
const planted = MUTANTS.find(({ number }) => number === order.mutant);
if (planted) plant(planted);
// What is imported before the bug is planted does not have it.
const { planOf } = await import('./plan.ts');
const { simulate } = await import('./simulate.ts');

let unhandled: string | undefined;
process.on(
  'unhandledRejection',
  (reason) => (unhandled ??= String(reason instanceof Error ? reason.stack : reason)),
);

async function failureOf(seed: number, tally: Tally): Promise<string | undefined> {
  const plan = planOf(seed, order.profile);
  const run = await simulate(plan);
  tally.add(run);
  // Node tells of a rejection that nobody handled once the microtasks are done.
  await new Promise(setImmediate);
  const failure = run.failure ?? unhandled;
  unhandled = undefined;
  if (failure !== undefined) return failure;
  if (seed % TWICE_EVERY !== 0) return undefined;
  const again = await simulate(plan);
  return again.hash === run.hash ? undefined : `the same seed gave two runs: ${run.hash} and ${again.hash}`;
}

class Tally {
  #report = { seeds: 0, virtualMs: 0, messages: 0 };
  readonly #counts = new Map<string, number>();

  add({ virtualMs, messages, counts }: Awaited<ReturnType<typeof simulate>>): void {
    this.#report.seeds++;
    this.#report.virtualMs += virtualMs;
    this.#report.messages += messages;
    for (const [name, times] of counts) this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
  }

  take(failures: Report['failures']): Report {
    const report = { ...this.#report, counts: [...this.#counts], failures };
    this.#report = { seeds: 0, virtualMs: 0, messages: 0 };
    this.#counts.clear();
    return report;
  }
}

const tally = new Tally();
let reportedAt = performance.now();
for (let seed = order.from; seed <= order.to; seed += order.step) {
  const failure = await failureOf(seed, tally);
  const isLast = failure !== undefined && planted !== undefined;
  if (failure !== undefined) process.send?.(tally.take([{ seed, failure }]));
  else if (performance.now() - reportedAt >= REPORT_EVERY_MS) {
    process.send?.(tally.take([]));
    reportedAt = performance.now();
  }
  if (isLast) break;
}
process.send?.(tally.take([]), () => process.disconnect());
