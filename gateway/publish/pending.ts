import { waitingEntry, type PendingEntry } from './pending-entry.ts';
import type { Placed, SentMark } from './queued-message.ts';
import { Sequences } from './sequences.ts';
import { TokenList } from './token-list.ts';

/**
 * What waits in memory to be sent, as one ordered list with a cursor:
 *
 *     first … cursor   sent: in flight, parked, or settled ahead of an older one
 *     cursor … end     waiting, or settled by a late answer
 *
 * It knows no bus, no clock and no failures: only what is next, what is settled, and in which order that happened.
 */
export class Pending {
  readonly #entries = new TokenList<PendingEntry>();
  #cursor = 0;
  #inFlight = 0;
  #unsettled = 0;
  #bytes = 0;
  /** What an earlier run may have sent. */
  #recovered: SentMark;
  #sentUpTo = 0;
  /** Of the newest message that ever came here: what lies behind it on the disk was looked for by nobody yet. */
  #pushedUpTo = 0;
  readonly #sequences: Sequences;

  constructor(recovered: SentMark) {
    this.#recovered = recovered;
    this.#sequences = new Sequences(recovered.stream);
  }

  /** Changes when the sequences seen so far no longer mean anything. */
  get epoch(): number {
    return this.#sequences.epoch;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Everything not settled, in flight included. */
  get unsettled(): number {
    return this.#unsettled;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The oldest entry that is not settled. */
  get oldest(): PendingEntry | undefined {
    return this.#entries.get(this.#entries.first);
  }

  /** The entry that was sent before all others in flight. */
  get oldestInFlight(): PendingEntry | undefined {
    for (let token = this.#entries.first; token < this.#cursor; token++) {
      const entry = this.#entries.get(token);
      if (entry?.state === 'in_flight') return entry;
    }
    return undefined;
  }

  get(token: number): PendingEntry | undefined {
    return this.#entries.get(token);
  }

  /** @param acceptedAt by the monotonic clock */
  push(placed: Placed, onDisk: boolean, acceptedAt: number): void {
    this.#entries.push(waitingEntry(placed, onDisk, acceptedAt, this.#recovered));
    this.#pushedUpTo = placed.position;
    this.#unsettled++;
    this.#bytes += placed.queued.bytes;
  }

  /** The token of the next entry that waits to be sent; undefined: there is none. */
  next(): number | undefined {
    while (this.#cursor < this.#entries.end) {
      if (this.#entries.get(this.#cursor)?.state === 'waiting') return this.#cursor;
      this.#cursor++;
    }
    return undefined;
  }

  /** The entry that `next` named is now in flight. */
  send(entry: PendingEntry, now: number): void {
    if (entry.unsureSince === Infinity) {
      entry.unsureSince = now;
      entry.after = this.#sequences.last;
    }
    entry.state = 'in_flight';
    entry.sends++;
    entry.sentAt = now;
    this.#cursor++;
    this.#inFlight++;
    this.#sentUpTo = Math.max(this.#sentUpTo, entry.placed.position);
  }

  /** Back to the oldest unsettled entry: whatever is in flight waits again, in its old place. */
  rewind(): void {
    for (let token = this.#entries.first; this.#inFlight > 0; token++) {
      const entry = this.#entries.get(token);
      if (entry?.state !== 'in_flight') continue;
      entry.state = 'waiting';
      this.#inFlight--;
    }
    this.#cursor = this.#entries.first;
  }

  park(entry: PendingEntry): void {
    if (entry.state === 'in_flight') this.#inFlight--;
    entry.state = 'parked';
  }

  /**
   * Settles one entry, wherever the cursor is.
   *
   * @param sequence where the bus stored it; 0 when it did not
   * @returns how many messages were found to be stored ahead of an older one of their channel
   */
  settle(entry: PendingEntry, sequence: number): number {
    if (entry.state === 'in_flight') this.#inFlight--;
    entry.state = 'settled';
    entry.sequence = sequence;
    this.#sequences.stored(sequence);
    this.#unsettled--;
    this.#bytes -= entry.placed.queued.bytes;
    return this.#removeSettled();
  }

  /** What is to be sent next, in order. */
  waiting(): PendingEntry[] {
    const waiting: PendingEntry[] = [];
    for (let token = this.#cursor; token < this.#entries.end; token++) {
      const entry = this.#entries.get(token);
      if (entry?.state === 'waiting') waiting.push(entry);
    }
    return waiting;
  }

  /** What is sent from now on will be stored in this stream, behind that sequence. */
  streamIs(id: string, lastSequence: number): void {
    if (this.#sequences.streamIs(id, lastSequence)) this.#startOver();
  }

  /** The stream is another one, not yet known to us, whose sequences start over. */
  forgetSequences(): void {
    this.#sequences.forget();
    this.#startOver();
  }

  /** The bus does not hold it up to a sequence nor, as of `at`, behind that (undefined: that is not known). */
  missing(entry: PendingEntry, upTo: number, at: number | undefined): void {
    entry.after = Math.max(entry.after, upTo);
    if (at !== undefined) entry.unsureSince = at;
  }

  /** What to note for the next run about the messages that are not settled. */
  mark(): SentMark {
    const { oldest } = this;
    const afterOldest = oldest && oldest.unsureSince < Infinity ? oldest.after : this.#sequences.last;
    const { sentUpTo, after } = this.#recovered;
    return {
      sentUpTo: Math.max(this.#sentUpTo, sentUpTo),
      stream: this.#sequences.stream,
      after: this.#pushedUpTo < sentUpTo ? Math.min(afterOldest, after) : afterOldest,
    };
  }

  /** Unsettled messages that are in memory alone, oldest first: so many bytes of them, from one end, and one at least. */
  inMemoryAlone(maxBytes: number, from: 'oldest' | 'newest'): PendingEntry[] {
    const { first, end } = this.#entries;
    const found: PendingEntry[] = [];
    let bytes = 0;
    for (let n = 0; n < end - first && bytes < maxBytes; n++) {
      const entry = this.#entries.get(from === 'oldest' ? first + n : end - 1 - n);
      if (!entry || entry.state === 'settled' || entry.onDisk) continue;
      found.push(entry);
      bytes += entry.placed.queued.bytes;
    }
    return from === 'oldest' ? found : found.toReversed();
  }

  /** Forgets everything; whoever calls this has counted it. */
  clear(): void {
    while (this.#entries.first < this.#entries.end) this.#entries.removeFirst();
    this.#cursor = this.#entries.first;
    this.#inFlight = this.#unsettled = this.#bytes = 0;
  }

  /** Nothing is known any more about where in the stream anything may be. */
  #startOver(): void {
    this.#recovered = { ...this.#recovered, after: 0 };
    for (let token = this.#entries.first; token < this.#entries.end; token++) {
      const entry = this.#entries.get(token);
      if (entry) entry.after = entry.sequence = 0;
    }
  }

  #removeSettled(): number {
    let overtakers = 0;
    for (let first = this.oldest; first?.state === 'settled'; first = this.oldest) {
      // An older one with a higher sequence left before it.
      if (this.#sequences.settled(first.placed.queued.channel, first.sequence)) overtakers++;
      this.#entries.removeFirst();
    }
    this.#cursor = Math.max(this.#cursor, this.#entries.first);
    return overtakers;
  }
}
