/** Milliseconds: from an idle bus on this machine to an outage that somebody is fixing. */
export const BOUNDS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000];

/**
 * A histogram as plain numbers. That of prom-client builds a key from the labels for each observation, and there are two
 * observations a message.
 */
export class Durations {
  /** How many were up to each bound but above the one before; the last: above all. */
  readonly counts = BOUNDS_MS.map(() => 0).concat(0);
  sumMs = 0;

  /** A negative duration, as between two clocks that disagree, counts as none. */
  add(ms: number): void {
    let bucket = 0;
    while (ms > (BOUNDS_MS[bucket] ?? Infinity)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sumMs += Math.max(0, ms);
  }
}
