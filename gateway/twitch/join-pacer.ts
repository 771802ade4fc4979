import { RateWindow } from '../../shared/rate-window.ts';
import type { Clock } from '../clock.ts';
import type { Link } from './link.ts';
import type { PaceMemory } from './pace-memory.ts';
import type { WantedChannel } from './wanted-channel.ts';

/**
 * Twitch counts the JOINs of an account in any 10 s (https://dev.twitch.tv/docs/chat/#rate-limits), by its own clock
 * and when they arrive; hence the margin.
 */
const JOIN_SPAN_MS = 11_000;
/** How long the PART before a JOIN may take before the JOIN loses its place. */
const ROOM_TIMEOUT_MS = 2_000;

/** A JOIN to be sent. */
export type Wish = {
  readonly channel: WantedChannel;
  readonly link: Link;
  /** When it is or was due. */
  readonly at: number;
  /** Makes another connection leave the channel, and sends the JOIN then; undefined: it can be sent at once. */
  readonly makeRoom: ((paidUntil: number) => void) | undefined;
};

/** Says when each JOIN may be sent, on whichever connection, at the pace that the account is allowed. */
export class JoinPacer {
  readonly #wishes: () => Iterable<Wish>;
  readonly #clock: Clock;
  readonly #memory: PaceMemory;
  readonly #window: RateWindow;
  #cancel = (): void => {};
  /** JOINs so far. */
  #granted = 0;

  /** @param wishes all current ones */
  constructor(limit: number, clock: Clock, memory: PaceMemory, wishes: () => Iterable<Wish>) {
    this.#window = new RateWindow(limit, JOIN_SPAN_MS);
    for (const at of memory.earlier.joins.slice(-limit)) this.#window.take(at);
    this.#memory = memory;
    this.#clock = clock;
    this.#wishes = wishes;
  }

  stop(): void {
    this.#cancel();
  }

  /** Grants what is due and allowed, and comes back for the rest; to be called when the wishes may have changed. */
  resume(): void {
    this.#cancel();
    const now = this.#clock.now();
    const waitMs = this.#window.waitMs(now);
    if (waitMs > 0) return this.#comeBack(waitMs);
    const wishes = [...this.#wishes()];
    const due = wishes.filter(({ at }) => at <= now);
    const turns = inTurn(due, this.#clock.date(), this.#granted);
    const granted = turns.filter((wish) => this.#take(wish, now));
    if (granted.length > 0)
      this.#memory.sending(
        'joins',
        granted.map((wish) => latest(wish, now)),
      );
    this.#granted += granted.length;
    const nextAt = Math.min(...wishes.filter(({ at }) => at > now).map(({ at }) => at));
    this.#comeBack(granted.length < due.length ? this.#window.waitMs(now) : nextAt - now);
    grant(granted, now + ROOM_TIMEOUT_MS);
  }

  /** A JOIN counts from the last moment at which it may be sent. */
  #take(wish: Wish, now: number): boolean {
    return this.#window.waitMs(now) === 0 && this.#window.take(latest(wish, now));
  }

  #comeBack(ms: number): void {
    if (ms < Infinity) this.#cancel = this.#clock.after(ms, () => this.resume());
  }
}

/** The latest moment at which it may be sent. */
function latest({ makeRoom }: Wish, now: number): number {
  return makeRoom ? now + ROOM_TIMEOUT_MS : now;
}

function grant(wishes: readonly Wish[], paidUntil: number): void {
  const ready = wishes.filter(({ makeRoom }) => !makeRoom);
  for (const [link, joins] of Map.groupBy(ready, (wish) => wish.link))
    link.join(joins.map(({ channel }) => channel.name));
  for (const { makeRoom } of wishes) makeRoom?.(paidUntil);
}

/**
 * The busiest and the longest-waiting by turns: most of chat is soon read again, and connections that come and go cannot
 * starve the rest. Those refused before come last: they may be ghosts.
 */
function inTurn(wishes: readonly Wish[], date: number, granted: number): readonly Wish[] {
  const untried = wishes.filter(({ channel }) => !channel.isRefused);
  const busy = new Map(untried.map((wish) => [wish, wish.channel.messagesLately(date)]));
  const busiest = untried.toSorted((a, b) => (busy.get(b) ?? 0) - (busy.get(a) ?? 0));
  const longest = untried.toSorted((a, b) => a.at - b.at);
  // Places in the pace may come one at a time, so whose turn it is carries over.
  const [first, second] = granted % 2 === 0 ? [busiest, longest] : [longest, busiest];
  const turns = new Set(first.flatMap((wish, index) => [wish, second[index] ?? wish]));
  const refused = wishes.filter(({ channel }) => channel.isRefused).toSorted((a, b) => a.at - b.at);
  return [...turns, ...refused];
}
