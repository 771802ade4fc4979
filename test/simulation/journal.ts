import type { Clock } from '../../gateway/clock.ts';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** What happened in one run: a hash of every event, counts, and the first promise that was broken. */
export class Journal {
  readonly counts = new Map<string, number>();
  /** Empty unless they are kept. */
  readonly events: string[] = [];
  failure: string | undefined;
  readonly #clock: Clock;
  readonly #keeps: boolean;
  #hash = FNV_OFFSET;

  constructor(clock: Clock, keeps: boolean) {
    this.#clock = clock;
    this.#keeps = keeps;
  }

  note(event: string): void {
    const text = `${this.#clock.now()} ${event}`;
    for (let index = 0; index < text.length; index++)
      this.#hash = Math.imul(this.#hash ^ text.charCodeAt(index), FNV_PRIME);
    if (this.#keeps) this.events.push(text);
  }

  /** Something that should happen sometimes. */
  count(name: string, times = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + times);
  }

  /** A promise was broken; the first one is kept. */
  fail(what: string): void {
    this.note(`BROKEN: ${what}`);
    this.failure ??= `${what} (at ${this.#clock.now()} ms)`;
  }

  check(holds: boolean, what: () => string): void {
    if (!holds) this.fail(what());
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }
}
