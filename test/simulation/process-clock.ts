import type { Clock } from '../../gateway/clock.ts';
import type { SimClock } from './sim-clock.ts';

/** The clock of one process: its timers die with it. */
export class ProcessClock implements Clock {
  /** How many are set. */
  timers = 0;
  readonly #clock: SimClock;
  readonly #isAlive: () => boolean;

  constructor(clock: SimClock, isAlive: () => boolean) {
    this.#clock = clock;
    this.#isAlive = isAlive;
  }

  now(): number {
    return this.#clock.now();
  }

  date(): number {
    return this.#clock.date();
  }

  after(ms: number, task: () => void): () => void {
    let isSet = true;
    const unset = (): void => {
      if (isSet) this.timers--;
      isSet = false;
    };
    this.timers++;
    const cancel = this.#clock.after(ms, () => {
      unset();
      if (this.#isAlive()) task();
    });
    return () => {
      unset();
      cancel();
    };
  }
}
