type Interval = { readonly from: number; to: number };

/** Spans of time under names: when a channel was rightly not read. */
export class Intervals {
  readonly #open = new Map<string, Interval>();
  readonly #all: Interval[] = [];

  /** Begins, unless it has begun. */
  open(name: string, from: number): void {
    if (this.#open.has(name)) return;
    const interval = { from, to: Infinity };
    this.#open.set(name, interval);
    this.#all.push(interval);
  }

  close(name: string, to: number): void {
    const interval = this.#open.get(name);
    if (interval) interval.to = to;
    this.#open.delete(name);
  }

  add(from: number, to: number): void {
    this.#all.push({ from, to });
  }

  contains(time: number, slackMs: number): boolean {
    return this.#all.some(({ from, to }) => time >= from - slackMs && time <= to + slackMs);
  }
}
