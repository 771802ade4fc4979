import type { Refusal } from '../../gateway/twitch/refusals.ts';
import type { Journal } from './journal.ts';
import { PONG_TIMEOUT_MS } from './settings.ts';
import type { SimClock } from './sim-clock.ts';
import type { SimSession } from './sim-session.ts';

/** So long before its end a connection may have been told to go: it is given lines, and does not count as reading. */
const GOING_MS = 7_000;
/** Where what it was to bring came very late. */
const GOING_SLOWLY_MS = 22_000;
/** A channel that was refused is left alone for so long at least. */
const SOONEST_RETRY_MS = 60_000;

/** What one process tells of its channels: no gap where it read, and no JOIN before it is due. */
export class ReadingWatch {
  readonly #clock: SimClock;
  readonly #journal: Journal;
  /** When a line of each channel arrived. */
  readonly #readAt = new Map<string, { readonly at: number; readonly session: SimSession }[]>();
  /** The gaps that were told of each. */
  readonly #told = new Map<string, { readonly from: number; readonly to: number }[]>();
  /** Until when each channel is to be left alone. */
  readonly #refusedUntil = new Map<string, number>();

  constructor(clock: SimClock, journal: Journal) {
    this.#clock = clock;
    this.#journal = journal;
  }

  /** A line of chat reached the process. */
  read(channel: string, session: SimSession): void {
    const times = this.#readAt.get(channel) ?? [];
    this.#readAt.set(channel, [...times, { at: this.#clock.now(), session }]);
  }

  /** A gap is told. @param from milliseconds from the start of the world, as `to` */
  gap(channel: string, from: number, to: number): void {
    const read = this.#readAt.get(channel)?.find(({ at, session }) => {
      const goingMs = session.lag.mostMs < PONG_TIMEOUT_MS ? GOING_MS : GOING_SLOWLY_MS;
      const goneAt = Math.min(session.goneAt, this.#clock.now());
      return at > from + goingMs && at < to && goneAt - at > goingMs;
    });
    this.#journal.check(
      from <= to && to <= this.#clock.now(),
      () => `a gap in ${channel} is told from ${from} to ${to} ms`,
    );
    const told = this.#told.get(channel) ?? [];
    this.#journal.check(
      told.every((other) => other.to <= from || to <= other.from),
      () => `the gap in ${channel} from ${from} to ${to} ms is told a second time`,
    );
    this.#told.set(channel, [...told, { from, to }]);
    this.#journal.check(
      read === undefined,
      () =>
        `${channel} was read at ${read?.at} ms on connection ${read?.session.number}, in the gap from ${from} to ${to} ms`,
    );
  }

  /** It is known to be refused, and will be asked for again. */
  refused(channel: string, refusal: Refusal, retryInMs: number): void {
    this.#journal.check(
      retryInMs >= SOONEST_RETRY_MS,
      () => `${channel} is asked for again ${retryInMs} ms after ${refusal}`,
    );
    this.#refusedUntil.set(channel, this.#clock.now() + retryInMs);
  }

  /** It was joined, or is wanted anew. */
  startsOver(channel: string): void {
    this.#refusedUntil.delete(channel);
  }

  asked(channel: string): void {
    const until = this.#refusedUntil.get(channel) ?? -Infinity;
    this.#journal.check(
      this.#clock.now() >= until,
      () => `${channel} was refused, and asked for again ${until - this.#clock.now()} ms too early`,
    );
  }
}
