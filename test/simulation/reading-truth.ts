import type { Journal } from './journal.ts';
import { isNewsOnTheWay, type Span } from './memberships.ts';
import type { SimClock } from './sim-clock.ts';
import type { SimSession } from './sim-session.ts';

/** How finely time is looked at. */
const STEP_MS = 25;

type Reading = { readonly span: Span; readonly session: SimSession };

/** When each channel was read, as the server knows it: at every moment, whether or not anybody said something then. */
export class ReadingTruth {
  readonly #clock: SimClock;
  readonly #journal: Journal;
  readonly #sessions: SimSession[] = [];

  constructor(clock: SimClock, journal: Journal) {
    this.#clock = clock;
    this.#journal = journal;
  }

  opened(session: SimSession): void {
    this.#sessions.push(session);
  }

  /** A gap is told: nobody was reading in it who was to stay. @param slackMs how inexact it may be */
  gap(channel: string, from: number, to: number, slackMs: number): void {
    const untold = this.#readings(channel).find(({ span, session }) => {
      if (session.outgoingSince < Infinity) return false;
      const begin = Math.max(from, span.from + slackMs);
      const end = Math.min(to, endOf({ span, session }), session.isWhole ? Infinity : session.heardAt);
      return end - begin > slackMs;
    });
    this.#journal.check(
      untold === undefined,
      () =>
        `connection ${untold?.session.number} was in ${channel} from ${untold?.span.from} to ${untold?.span.to} ms, in the gap from ${from} to ${to} ms`,
    );
  }

  /** In the end: at each moment a channel was read, or it is excused that it was not. */
  check(channel: string, isExcused: (at: number) => boolean): void {
    const readings = this.#readings(channel);
    for (let at = 0; at < this.#clock.now(); at += STEP_MS) {
      const reading = readings.find((one) => one.span.from <= at && at < endOf(one));
      // On to its end, where another one may be reading.
      if (reading) at = lastStepBefore(Math.min(endOf(reading), this.#clock.now()));
      else if (!isExcused(at) && !readings.some((one) => mayBeMissed(one, at)))
        return this.#journal.fail(`nobody was in ${channel} at ${at} ms, and no gap tells of it`);
    }
  }

  #readings(channel: string): readonly Reading[] {
    return this.#sessions.flatMap((session) =>
      session.channels.spans.filter((span) => span.channel === channel).map((span) => ({ span, session })),
    );
  }
}

function endOf({ span, session }: Reading): number {
  return Math.min(span.to, session.cutAt, session.goneAt);
}

function lastStepBefore(time: number): number {
  return Math.ceil(time / STEP_MS) * STEP_MS - STEP_MS;
}

function mayBeMissed({ span, session }: Reading, at: number): boolean {
  return isNewsOnTheWay(span, at) && session.goneAt > at;
}
