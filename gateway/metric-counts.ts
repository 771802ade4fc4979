import { Durations } from './durations.ts';
import { zeroes, type Ledger } from './ledger.ts';
import { FAILURE_KINDS, type FailureKind } from './publish/queue-options.ts';
import type { Status } from './status.ts';
import { IGNORED_REASONS, type IgnoredReason } from './twitch/connection.ts';
import { ENDINGS, type Ending } from './twitch/endings.ts';
import { GAP_REASONS, type GapReason } from './twitch/gap-log.ts';

/** What already knows what most metrics tell. */
export type MetricSources = {
  readonly readStatus: () => Status;
  readonly ledger: Ledger;
  readonly version: string;
};

/** What is counted for the metrics alone; the ledger and the status already know the rest. */
export class MetricCounts {
  readonly publishRetries = zeroes<FailureKind>(FAILURE_KINDS);
  readonly connectionsEnded = zeroes<Ending>(ENDINGS);
  readonly gapSeconds = zeroes<GapReason>(GAP_REASONS);
  readonly linesIgnored = zeroes<IgnoredReason>(IGNORED_REASONS);
  readonly publishDuration = new Durations();
  readonly endToEnd = new Durations();
  readonly roundTrip = new Durations();
  reordered = 0;
  tokenExpirySeconds = 0;
}
