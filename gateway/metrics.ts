import { MetricCounts, type MetricSources } from './metric-counts.ts';
import type { FailureKind } from './publish/queue-options.ts';
import type { IgnoredReason } from './twitch/connection.ts';
import type { Ending } from './twitch/endings.ts';
import type { GapReason } from './twitch/gap-log.ts';

/** One function for each thing that is counted; all of them cost next to nothing. */
export type Metrics = {
  readonly publishFailed: (kind: FailureKind) => void;
  /** These take milliseconds. */
  readonly publishDuration: (ms: number) => void;
  readonly endToEnd: (ms: number) => void;
  readonly roundTrip: (ms: number) => void;
  readonly reordered: (count: number) => void;
  readonly tokenExpiry: (seconds: number) => void;
  readonly connectionEnded: (reason: Ending) => void;
  readonly gapSeconds: (reason: GapReason, seconds: number) => void;
  readonly lineIgnored: (reason: IgnoredReason) => void;
  /** In the text format of Prometheus. */
  readonly read: () => Promise<Exposed>;
};

type Exposed = { readonly contentType: string; readonly body: string };

/** What Prometheus is told; the library that writes it is loaded by the first scrape. */
export function createMetrics(sources: MetricSources): Metrics {
  const counts = new MetricCounts();
  const load = async () => (await import('./prometheus.ts')).expose(sources, counts);
  let exposition: Promise<() => Promise<Exposed>> | undefined;
  return {
    publishFailed: (kind) => (counts.publishRetries[kind] += 1),
    publishDuration: (ms) => counts.publishDuration.add(ms),
    endToEnd: (ms) => counts.endToEnd.add(ms),
    roundTrip: (ms) => counts.roundTrip.add(ms),
    reordered: (count) => (counts.reordered += count),
    tokenExpiry: (seconds) => (counts.tokenExpirySeconds = seconds),
    connectionEnded: (reason) => (counts.connectionsEnded[reason] += 1),
    gapSeconds: (reason, seconds) => (counts.gapSeconds[reason] += Math.max(0, seconds)),
    lineIgnored: (reason) => (counts.linesIgnored[reason] += 1),
    async read() {
      exposition ??= load();
      return (await exposition)();
    },
  };
}
