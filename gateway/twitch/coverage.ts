import { unread, type Span } from './unread.ts';

/** A connection, by identity. */
export type Reader = {
  /** It was told to go: only what is on its way to it is still read. */
  readonly isRetired: boolean;
  /** When its last frame came. */
  readonly heardAt: number;
};

/**
 * When one channel was read, and by whom it is read now; times are those of the monotonic clock, in milliseconds.
 *
 * Each moment since the first JOIN was read, is read by whoever is in the channel, or is told once as unread. Whoever is
 * in it may turn out to have been silent for long: only then the time since it was last heard is judged.
 */
export class Coverage {
  /** Who is in it, each with since when. */
  readonly #readers = new Map<Reader, number>();
  /** When it was read by connections that are no longer in it, or that nobody did is told. */
  #known: readonly Span[] = [];
  #unreadSince: number | undefined;

  /** Nobody is in it, whether or not it may be. */
  get isEmpty(): boolean {
    return this.#readers.size === 0;
  }

  /** Somebody is in it who is to stay. */
  get isRead(): boolean {
    return this.#staying.length > 0;
  }

  joined(reader: Reader, now: number): void {
    this.#readers.set(reader, now);
    if (this.#unreadSince !== undefined) this.#remember([{ from: this.#unreadSince, to: now }]);
    this.#unreadSince = undefined;
  }

  /**
   * @param readUntil until when this one had missed nothing
   * @returns when nobody read it from then on, in order; the last may be without an end, which the next JOIN brings
   */
  left(reader: Reader, readUntil: number): readonly Span[] {
    const since = this.#readers.get(reader);
    if (since === undefined) return [];
    this.#readers.delete(reader);
    const going = Array.from(this.#readers, ([{ heardAt }, from]) => ({ from, to: heardAt }));
    const readAgain = Math.min(...this.#staying);
    const missed = unread({ from: readUntil, to: readAgain }, [...this.#known, ...going]);
    this.#remember([{ from: since, to: readUntil }, ...missed.filter(hasEnd)]);
    return missed.map((span) => (hasEnd(span) ? span : this.#open(span)));
  }

  /** Since when those are in it that are to stay. */
  get #staying(): readonly number[] {
    return Array.from(this.#readers, ([{ isRetired }, from]) => (isRetired ? [] : from)).flat();
  }

  /** It may have been unread for a while already, or, as turns out now, for longer. */
  #open({ from, to }: Span): Span {
    this.#unreadSince = Math.min(from, this.#unreadSince ?? Infinity);
    return { from: this.#unreadSince, to };
  }

  /** Whoever is in it has missed nothing before it was last heard. */
  #remember(spans: readonly Span[]): void {
    const oldest = Math.min(...Array.from(this.#readers.keys(), ({ heardAt }) => heardAt));
    this.#known = [...this.#known, ...spans].filter(({ to }) => to > oldest);
  }
}

function hasEnd({ to }: Span): boolean {
  return to < Infinity;
}
