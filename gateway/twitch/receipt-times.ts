/** How far ahead of the clock a line may be dated: a flood of one line must not run into the future. */
const FURTHEST_MS = 1000;

/**
 * Times of receipt for lines that nothing else tells apart, in milliseconds since 1970: equal lines get one each, even if
 * they came together.
 */
export class ReceiptTimes {
  /** By line, the last time given out; cleared once the clock is past all of them. */
  readonly #given = new Map<string, number>();
  #newest = -Infinity;
  #now = -Infinity;

  /** @param now when the line came */
  of(line: string, now: number): number {
    if (now > this.#newest || now < this.#now) this.#given.clear();
    this.#now = now;
    const time = Math.min(now + FURTHEST_MS, Math.max(now, (this.#given.get(line) ?? now - 1) + 1));
    this.#given.set(line, time);
    this.#newest = this.#given.size === 1 ? time : Math.max(this.#newest, time);
    return time;
  }
}
