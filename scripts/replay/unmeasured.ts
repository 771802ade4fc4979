import type { Metrics } from '../../gateway/metrics.ts';

const ignore = () => undefined;

/** For a command, which nobody scrapes: its summary says what it did. */
export const UNMEASURED: Metrics = {
  publishFailed: ignore,
  publishDuration: ignore,
  endToEnd: ignore,
  reordered: ignore,
  connectionEnded: ignore,
  roundTrip: ignore,
  gapSeconds: ignore,
  lineIgnored: ignore,
  tokenExpiry: ignore,
  read: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', body: '' }),
};
