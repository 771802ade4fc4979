import { UuidSet } from './uuid-set.ts';

/**
 * A bounded memory of ids: each is remembered for at least `minAgeMs` or until `minCount` newer ones came,
 * whichever is reached first.
 *
 * Two generations, each dropped whole: no timer, no list of times, and a look-up costs two. The current generation becomes
 * the previous one when it is full or old enough, so what is forgotten is always at least one whole generation old.
 */
export class RecentIds {
  readonly #minAgeMs: number;
  readonly #minCount: number;
  #current = new Generation();
  #previous = new Generation();
  #currentSince = -Infinity;

  constructor(minAgeMs: number, minCount: number) {
    this.#minAgeMs = minAgeMs;
    this.#minCount = minCount;
  }

  has(id: string): boolean {
    return this.#current.has(id) || this.#previous.has(id);
  }

  add(id: string, now: number): void {
    if (this.#current.size >= this.#minCount || now - this.#currentSince >= this.#minAgeMs) {
      this.#previous = this.#current;
      this.#current = new Generation();
      this.#currentSince = now;
    }
    this.#current.add(id);
  }

  /** How many ids are held: at most twice `minCount`. */
  get size(): number {
    return this.#current.size + this.#previous.size;
  }
}

/** Ids, nearly all of them UUIDs. */
class Generation {
  readonly #uuids = new UuidSet();
  readonly #others = new Set<string>();

  get size(): number {
    return this.#uuids.size + this.#others.size;
  }

  has(id: string): boolean {
    return this.#uuids.has(id) || this.#others.has(id);
  }

  add(id: string): void {
    if (!this.#uuids.add(id)) this.#others.add(detached(id));
  }
}

/**
 * V8 cuts a string by pointing into it, and an id is cut out of a line: kept as it is, it would keep its whole line.
 * A copy made from bytes stands alone.
 */
function detached(id: string): string {
  return Buffer.from(id).toString();
}
