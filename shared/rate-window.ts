/**
 * At most `limit` in *any* span of `spanMs`: the times of the last `limit` events, in a ring.
 *
 * A token bucket would not do: one of 20 tokens that refills at 2/s lets 39 through in a span of 10 s.
 */
export class RateWindow {
  readonly #spanMs: number;
  readonly #times: number[];
  #next = 0;

  constructor(limit: number, spanMs: number) {
    this.#spanMs = spanMs;
    this.#times = Array.from({ length: limit }, () => -Infinity);
  }

  /** Milliseconds until one more may happen; 0: now. */
  waitMs(now: number): number {
    return Math.max(0, (this.#times[this.#next] ?? -Infinity) + this.#spanMs - now);
  }

  /** Records one event at `now`, if it may happen; says whether it did. */
  take(now: number): boolean {
    if (this.waitMs(now) > 0) return false;
    this.#times[this.#next] = now;
    this.#next = (this.#next + 1) % this.#times.length;
    return true;
  }
}
