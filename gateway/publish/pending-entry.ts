import type { Placed, SentMark } from './queued-message.ts';

/** `parked`: it will not be sent again, but is not settled yet. */
type EntryState = 'waiting' | 'in_flight' | 'parked' | 'settled';

/** One message to be sent, and how far it has got. */
export type PendingEntry = {
  readonly placed: Placed;
  /** By the monotonic clock. */
  readonly acceptedAt: number;
  /** It is on the disk as well, until it is settled. */
  onDisk: boolean;
  state: EntryState;
  /** How often this process sent it. */
  sends: number;
  sentAt: number;
  /** Since when the bus may hold it without our knowledge; Infinity: it does not. */
  unsureSince: number;
  /** If the bus holds it, it is behind this sequence. */
  after: number;
  unknownErrors: number;
  /** Where the bus stored it; 0: nowhere, or not yet. */
  sequence: number;
};

/**
 * @param acceptedAt by the monotonic clock
 * @param recovered what an earlier run may have sent
 */
export function waitingEntry(
  placed: Placed,
  onDisk: boolean,
  acceptedAt: number,
  recovered: SentMark,
): PendingEntry {
  const maybeSent = placed.position <= recovered.sentUpTo;
  return {
    placed,
    acceptedAt,
    onDisk,
    state: 'waiting',
    sends: 0,
    sentAt: 0,
    unsureSince: maybeSent ? -Infinity : Infinity,
    after: maybeSent ? recovered.after : 0,
    unknownErrors: 0,
    sequence: 0,
  };
}
