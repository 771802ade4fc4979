import type { BusMessage } from '../bus/bus.ts';
import { TokenList } from './token-list.ts';

/** What the queue holds: a message for the bus, and what must be known of it. */
export type QueuedMessage = {
  readonly message: BusMessage;
  readonly channel: string;
  /** Body and headers, in bytes. */
  readonly bytes: number;
  /** When it was said, milliseconds since 1970; undefined when Twitch did not tell. */
  readonly saidAt: number | undefined;
};

export type PendingEntry = {
  readonly queued: QueuedMessage;
  readonly acceptedAt: number;
  state: 'waiting' | 'in_flight' | 'settled';
  /** How often it was sent. */
  sends: number;
  sentAt: number;
  unknownErrors: number;
  /** Where the bus stored it; 0: nowhere, or not yet. */
  sequence: number;
};

/**
 * Everything accepted and not yet settled, as one ordered list with a cursor:
 *
 *     first … cursor   sent: in flight, or settled ahead of an older one
 *     cursor … end     waiting, or settled by a late answer
 *
 * It knows no bus, no clock and no failure: only who is next, who is settled, and in what order that happened.
 */
export class Pending {
  readonly #entries = new TokenList<PendingEntry>();
  #cursor = 0;
  #inFlight = 0;
  #unsettled = 0;
  #bytes = 0;
  /** The highest sequence of each channel, over the entries that have left the list. */
  readonly #highest = new Map<string, number>();

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

  get(token: number): PendingEntry | undefined {
    return this.#entries.get(token);
  }

  push(queued: QueuedMessage, now: number): void {
    this.#entries.push({
      queued,
      acceptedAt: now,
      state: 'waiting',
      sends: 0,
      sentAt: 0,
      unknownErrors: 0,
      sequence: 0,
    });
    this.#unsettled++;
    this.#bytes += queued.bytes;
  }

  /** Moves the cursor over the next waiting entry, which is now in flight; returns its token, or undefined: none. */
  sendNext(now: number): number | undefined {
    while (this.#cursor < this.#entries.end) {
      const token = this.#cursor++;
      const entry = this.#entries.get(token);
      if (entry?.state !== 'waiting') continue;
      entry.state = 'in_flight';
      entry.sends++;
      entry.sentAt = now;
      this.#inFlight++;
      return token;
    }
    return undefined;
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
    this.#unsettled--;
    this.#bytes -= entry.queued.bytes;
    return this.#removeSettled();
  }

  /** Forgets everything; whoever calls this has counted it. */
  clear(): void {
    while (this.#entries.first < this.#entries.end) this.#entries.removeFirst();
    this.#cursor = this.#entries.first;
    this.#inFlight = this.#unsettled = this.#bytes = 0;
  }

  #removeSettled(): number {
    let overtakers = 0;
    for (let first = this.oldest; first?.state === 'settled'; first = this.oldest) {
      if (this.#isOvertaker(first)) overtakers++;
      this.#entries.removeFirst();
    }
    this.#cursor = Math.max(this.#cursor, this.#entries.first);
    return overtakers;
  }

  /** Entries leave in the order accepted, so an older one with a higher sequence has left already. */
  #isOvertaker({ queued, sequence }: PendingEntry): boolean {
    if (sequence === 0) return false;
    const highest = this.#highest.get(queued.channel) ?? 0;
    if (sequence > highest) this.#highest.set(queued.channel, sequence);
    return sequence < highest;
  }
}
