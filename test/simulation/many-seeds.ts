import { systemClock } from '../../gateway/clock.ts';
import { Progress } from '../../scripts/progress.ts';
import type { ProfileName } from './profiles.ts';
import { work } from './workers.ts';
import type { Report } from './worker.ts';

export type ManySeeds = {
  readonly from: number;
  readonly seeds: number;
  readonly jobs: number;
  readonly profile: ProfileName | undefined;
};

export type Outcome = {
  readonly seeds: number;
  readonly messages: number;
  /** Simulated time. */
  readonly virtualMs: number;
  readonly tookMs: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly failures: Report['failures'];
};

/** Runs seeds on several processes, and shows how far it is. */
export async function runSeeds({ from, seeds, jobs, profile }: ManySeeds): Promise<Outcome> {
  const progress = new Progress(process.stderr, systemClock);
  const began = performance.now();
  const counts = new Map<string, number>();
  const failures: Report['failures'][number][] = [];
  const sums = { seeds: 0, messages: 0, virtualMs: 0 };
  const onReport = (report: Report): void => {
    sums.seeds += report.seeds;
    sums.messages += report.messages;
    sums.virtualMs += report.virtualMs;
    for (const [name, times] of report.counts) counts.set(name, (counts.get(name) ?? 0) + times);
    failures.push(...report.failures);
    for (const { seed, failure } of report.failures) {
      progress.clear();
      process.stderr.write(`seed ${seed}: ${failure}\n`);
    }
    const perSecond = sums.seeds / ((performance.now() - began) / 1000);
    progress.show(
      `${sums.seeds} of ${seeds} seeds, ${perSecond.toFixed(0)} a second, ${failures.length} failures`,
    );
  };
  const orders = Array.from({ length: jobs }, (_, job) => ({
    from: from + job,
    to: from + seeds - 1,
    step: jobs,
    mutant: undefined,
    profile,
  }));
  await Promise.all(orders.map((order) => work(order, onReport)));
  progress.clear();
  return { ...sums, tookMs: performance.now() - began, counts, failures };
}

/** What happened, in words and numbers. */
export function describeSeeds({ seeds, messages, virtualMs, tookMs, counts, failures }: Outcome): string {
  const seconds = tookMs / 1000;
  const lines = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, times]) => `${String(times).padStart(10)}  ${name}`);
  return [
    ...lines,
    '',
    `${seeds} seeds, ${messages} messages, ${(virtualMs / 3_600_000).toFixed(1)} simulated hours in ${seconds.toFixed(1)} s (${(seeds / seconds).toFixed(0)} seeds/s): ${failures.length} failures`,
  ].join('\n');
}
