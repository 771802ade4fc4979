import type { Clock } from '../../gateway/clock.ts';

type Timer = { readonly at: number; readonly order: number; readonly task: () => void };

/** A clock that moves only when told to; timers fire in the order of their times, then of their making. */
export class VirtualClock implements Clock {
  #now = 0;
  #order = 0;
  readonly #startDate: number;
  readonly #timers = new Set<Timer>();

  constructor(startDate = Date.UTC(2026, 0, 1)) {
    this.#startDate = startDate;
  }

  now(): number {
    return this.#now;
  }

  date(): number {
    return this.#startDate + this.#now;
  }

  after(ms: number, task: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order++, task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Fires everything that is due up to `ms` from now, timers made on the way included. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (let next = this.#due(until); next; next = this.#due(until)) {
      this.#timers.delete(next);
      this.#now = next.at;
      next.task();
    }
    this.#now = until;
  }

  /** How many timers are set: a part that was stopped leaves none. */
  get pending(): number {
    return this.#timers.size;
  }

  #due(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > until) continue;
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}
