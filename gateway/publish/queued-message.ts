import type { BusMessage } from '../bus/bus.ts';

/** What the queue is offered: a message for the bus, and what must be known about it. */
export type QueuedMessage = {
  readonly message: BusMessage;
  readonly channel: string;
  /** Body and headers, in bytes. */
  readonly bytes: number;
  /** When it was said, milliseconds since 1970; undefined when Twitch did not tell. */
  readonly saidAt: number | undefined;
};

/** A message with its place in the order of everything ever accepted. */
export type Placed = {
  readonly position: number;
  readonly queued: QueuedMessage;
  /** Milliseconds since 1970: it must mean the same after a restart. */
  readonly acceptedAt: number;
};

/**
 * What must be known about messages that outlive the run: up to which position they may have been sent, and in which
 * stream, behind which sequence, they would then be.
 */
export type SentMark = { readonly sentUpTo: number; readonly stream: string; readonly after: number };
