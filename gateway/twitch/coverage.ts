import { unread, type Span } from './unread.ts';

/** A connection, by identity. */
export type Reader = {
  /** It was told to go: only what is still on its way to it is read. */
  readonly isRetired: boolean;
  /** When its last frame came. */
  readonly heardAt: number;
};

/**
 * When one channel was read, and who reads it now; times are those of the monotonic clock, in milliseconds.
 *
 * Each moment since the first JOIN was read, is being read by whoever is in the channel, or is told once as unread. A
 * reader may turn out to have been silent for long: only then is the time since it was last heard judged.
 */
export class Coverage {
  /** Who is in it, and since when. */
  readonly #readers = new Map<Reader, number>();
  /** Spans that need no further report: read by a connection that has since left, or already reported as a gap. */
  #known: readonly Span[] = [];
  #unreadSince: number | undefined;

  /** Nobody is in it, whether or not it may be. */
  get isEmpty(): boolean {
    return this.#readers.size === 0;
  }

  /** Somebody who is to stay is in it. */
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
   * @returns when nobody read it from then on, in order; the last may be open, until the next JOIN
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

  /** Since when each of those that are to stay is in it. */
  get #staying(): readonly number[] {
    return Array.from(this.#readers, ([{ isRetired }, from]) => (isRetired ? [] : from)).flat();
  }

  /** It may already have been unread for a while or, as turns out now, for longer. */
  #open({ from, to }: Span): Span {
    this.#unreadSince = Math.min(from, this.#unreadSince ?? Infinity);
    return { from: this.#unreadSince, to };
  }

  /** Those in it have missed nothing before they were last heard. */
  #remember(spans: readonly Span[]): void {
    const oldest = Math.min(...Array.from(this.#readers.keys(), ({ heardAt }) => heardAt));
    this.#known = [...this.#known, ...spans].filter(({ to }) => to > oldest);
  }
}

function hasEnd({ to }: Span): boolean {
  return to < Infinity;
}
