import type { SimClock } from './sim-clock.ts';

/** A message as it arrives. */
export type Arrived = {
  /** Which message it is, whatever its headers say. */
  readonly name: string;
  /** Its header `Nats-Msg-Id`; "" when it has none. */
  readonly id: string;
  readonly subject: string;
  readonly body: Uint8Array;
};

export type Stored = { readonly id: string; readonly sequence: number; readonly message: Arrived };

/** A JetStream stream: one sequence over all subjects, and a memory of ids that is as long as its window. */
export class SimStream {
  readonly windowMs: number;
  /** One after another. */
  readonly generations: Stored[][] = [[]];
  readonly #clock: SimClock;
  #ids = new Map<string, { readonly sequence: number; readonly at: number }>();

  constructor(clock: SimClock, windowMs: number) {
    this.#clock = clock;
    this.windowMs = windowMs;
  }

  get now(): number {
    return this.#clock.now();
  }

  get id(): string {
    return `INGRESS ${this.generations.length}`;
  }

  get messages(): Stored[] {
    const present = this.generations.at(-1);
    if (!present) throw new Error('there is always a stream');
    return present;
  }

  /** The newest sequence. */
  get last(): number {
    return this.messages.length;
  }

  /** Where ids stand behind one sequence and not behind another. */
  find(ids: ReadonlySet<string>, after: number, upTo: number): Map<string, number> {
    const found = new Map<string, number>();
    for (const { id, sequence } of this.messages.slice(after, upTo))
      if (ids.has(id) && !found.has(id)) found.set(id, sequence);
    return found;
  }

  /** Somebody else's messages. */
  fill(count: number): void {
    for (let number = 1; number <= count; number++)
      this.store({
        name: `other-${number}`,
        id: `other-${number}`,
        subject: 'other',
        body: new Uint8Array(),
      });
  }

  store(message: Arrived): { readonly sequence: number; readonly duplicate: boolean } {
    const { id, name } = message;
    const known = this.remembers(id);
    if (known !== undefined) return { sequence: known, duplicate: true };
    const sequence = this.last + 1;
    this.messages.push({ id: name, sequence, message });
    if (id !== '') this.#ids.set(id, { sequence, at: this.#clock.now() });
    return { sequence, duplicate: false };
  }

  /** The sequence of what was stored under an id, within the window. */
  remembers(id: string): number | undefined {
    const known = this.#ids.get(id);
    return known && this.#clock.now() - known.at < this.windowMs ? known.sequence : undefined;
  }

  /** Deleted, and made again. */
  remake(): void {
    this.generations.push([]);
    this.#ids = new Map();
  }
}
