import type { Journal } from './journal.ts';
import type { Plan } from './plan.ts';
import type { SimClock } from './sim-clock.ts';

const LIMIT_SPAN_MS = 10_000;
const LOGIN_LIMIT = 20;
/** Within so long a group of channels that is refused again and again is tried so often at most. */
const RETRY_SPAN_MS = 30_000;
const RETRY_LIMIT = 20;

/** How fast connections are opened by one process, and how fast all of them log in and join: never faster than allowed. */
export class PaceWatch {
  readonly #clock: SimClock;
  readonly #journal: Journal;
  readonly #plan: Plan;
  readonly #times = { openings: [] as number[], joins: [] as number[], logins: [] as number[] };

  constructor(clock: SimClock, journal: Journal, plan: Plan) {
    this.#clock = clock;
    this.#journal = journal;
    this.#plan = plan;
  }

  /** Another process. */
  startsOver(): void {
    this.#times.openings.length = 0;
  }

  opened(): void {
    const { channels, channelsPerConnection } = this.#plan;
    const limit = RETRY_LIMIT * Math.ceil(channels.length / channelsPerConnection);
    this.#check('connections', this.#times.openings, limit, RETRY_SPAN_MS);
  }

  loggedIn(): void {
    this.#check('logins', this.#times.logins, LOGIN_LIMIT, LIMIT_SPAN_MS);
  }

  joined(): void {
    this.#check('JOINs', this.#times.joins, this.#plan.joinLimit, LIMIT_SPAN_MS);
  }

  #check(what: string, times: number[], limit: number, spanMs: number): void {
    const now = this.#clock.now();
    times.push(now);
    if (times.length <= limit) return;
    this.#journal.count(`rate: more than the limit of ${what} in a run`);
    const first = times.shift() ?? -Infinity;
    this.#journal.check(now - first >= spanMs, () => `more than ${limit} ${what} in ${spanMs / 1000} s`);
  }
}
