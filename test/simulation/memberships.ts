/** How long news from the server take at most. */
const NEWS_MS = 10_000;
/** A JOIN that takes so long may count as unanswered by the time its answer has reached us. */
const LATE_MS = 8_000;

/** The server counts us in a channel for a while. `isTold`: the news of its end reach us, in time. */
export type Span = { readonly channel: string; readonly from: number; to: number; isTold: boolean };

/** The channels of one connection, as the server sees them. */
export class Memberships {
  /** It counts us in these. */
  readonly present = new Set<string>();
  /** By name; silence is no answer. */
  readonly refused = new Set<string>();
  /** When we last asked for each. */
  readonly #askedAt = new Map<string, number>();
  /** Now and before, oldest first. */
  readonly spans: Span[] = [];

  ask(channel: string, now: number): void {
    this.#askedAt.set(channel, now);
  }

  /** undefined: we never did. */
  askedAt(channel: string): number | undefined {
    return this.#askedAt.get(channel);
  }

  join(channel: string, now: number): void {
    if (this.present.has(channel)) return;
    this.present.add(channel);
    this.spans.push({ channel, from: now, to: Infinity, isTold: false });
  }

  /** @param isTold the news reach us, in time */
  leave(channel: string, now: number, isTold: boolean): void {
    this.present.delete(channel);
    const span = this.#last(channel);
    if (span) Object.assign(span, { to: now, isTold });
  }

  /** Infinity: it is not in there now. */
  joinedAt(channel: string): number {
    return this.present.has(channel) ? (this.#last(channel)?.from ?? Infinity) : Infinity;
  }

  /** It was joined at some time, or refused. */
  isDecided(channel: string): boolean {
    return this.#last(channel) !== undefined || this.refused.has(channel);
  }

  /** We may still believe that we read it. */
  hasJustLost(channel: string, now: number): boolean {
    const last = this.#last(channel);
    return last !== undefined && isNewsOnTheWay(last, now);
  }

  /** It was joined since then, and so long after we asked that nobody waited for it any more. */
  isJoinedTooLate(channel: string, since: number): boolean {
    const { from } = this.#last(channel) ?? { from: -Infinity };
    return from > since && from - (this.#askedAt.get(channel) ?? from) >= LATE_MS;
  }

  #last(channel: string): Span | undefined {
    return this.spans.findLast((span) => span.channel === channel);
  }
}

/** It has ended, and whoever reads there may not know it yet. */
export function isNewsOnTheWay({ to, isTold }: Span, at: number): boolean {
  return isTold && at >= to && at - to < NEWS_MS;
}
