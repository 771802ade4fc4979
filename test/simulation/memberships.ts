/** How long news from the server take at most. */
const NEWS_MS = 5_000;

/** The channels of one connection, as the server sees them. */
export class Memberships {
  /** It counts us in these. */
  readonly present = new Set<string>();
  /** By name; silence is no answer. */
  readonly refused = new Set<string>();
  readonly #ever = new Set<string>();
  readonly #lostAt = new Map<string, number>();

  join(channel: string): void {
    this.present.add(channel);
    this.#ever.add(channel);
  }

  /** @param isTold the news reach us, in time */
  leave(channel: string, now: number, isTold: boolean): void {
    this.present.delete(channel);
    if (isTold) this.#lostAt.set(channel, now);
  }

  /** It was joined at some time, or refused. */
  isDecided(channel: string): boolean {
    return this.#ever.has(channel) || this.refused.has(channel);
  }

  /** We may still believe that we read it. */
  hasJustLost(channel: string, now: number): boolean {
    return now - (this.#lostAt.get(channel) ?? -Infinity) < NEWS_MS;
  }
}
