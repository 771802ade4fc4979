/** Milliseconds: from an idle bus on this machine to an outage that somebody is repairing. */
export const BOUNDS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000];

/**
 * A histogram that nobody has asked for yet. The one of prom-client makes a key of the labels for each observation, and
 * there are two of these a message.
 */
export class Durations {
  /** How many there were up to each bound, and not up to the one before; the last: longer than all. */
  readonly counts = BOUNDS_MS.map(() => 0).concat(0);
  sumMs = 0;

  /** Less than none, as between two clocks that disagree, counts as none. */
  add(ms: number): void {
    let bucket = 0;
    while (ms > (BOUNDS_MS[bucket] ?? Infinity)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sumMs += Math.max(0, ms);
  }
}
