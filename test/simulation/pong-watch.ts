import type { Journal } from './journal.ts';
import type { SimClock } from './sim-clock.ts';

/** How long our answer to a PING may take, however busy we are. */
const PONG_MS = 20_000;

/** That each PING of a server has its PONG. */
export class PongWatch {
  readonly #clock: SimClock;
  readonly #journal: Journal;
  #isAwaited = false;

  constructor(clock: SimClock, journal: Journal) {
    this.#clock = clock;
    this.#journal = journal;
  }

  /** @param send sends the PING, unless one is awaited @param isDue whether the answer may still be expected, in the end */
  ping(number: number, send: () => void, isDue: () => boolean): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    send();
    this.#clock.outside(PONG_MS, () =>
      this.#journal.check(!isDue() || !this.#isAwaited, () => `no PONG on connection ${number}`),
    );
  }

  answered(): void {
    this.#isAwaited = false;
  }
}
