import type { BusMemory, BusMessage, DeadLetterReason } from '../bus/bus.ts';
import type { Clock, Random } from '../clock.ts';
import type { DropReason, Ledger } from '../ledger.ts';
import type { SpoolMode } from './intake-options.ts';
import type { QueuedMessage } from './queued-message.ts';
import type { Spool } from './spool.ts';

export type QueueLimits = {
  /** Of messages in memory, headers included. */
  readonly maxBytes: number;
  readonly maxSpoolBytes: number;
  readonly maxInFlight: number;
  readonly timeoutMs: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** Retries of a message that the bus answers with an error that has no rule. */
  readonly maxRetries: number;
};

export const FAILURE_KINDS = ['ambiguous', 'refused', 'unknown'] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

export type PublishFailure = {
  readonly messageId: string;
  readonly channel: string;
  /** How often this message was sent. */
  readonly attempt: number;
  readonly kind: FailureKind;
  readonly error: string;
  readonly retryInMs: number;
};

/** A message that the bus refused for good. */
export type Rejection = {
  readonly queued: QueuedMessage;
  readonly reason: DeadLetterReason;
  readonly error: string;
  readonly attempts: number;
};

export type QueueEvents = {
  publishFailed(failure: PublishFailure): void;
  /** `publishMs`: accepted → acked; `endToEndMs`: said → acked, where that is known. */
  stored(publishMs: number, endToEndMs: number | undefined): void;
  dropped(reason: DropReason, count: number): void;
  /** Nothing is sent while a long stream is read for so many messages that it may already hold; told for each part. */
  stillLooking(progress: { readonly messages: number; readonly upTo: number }): void;
  /** So many messages were stored ahead of an older one of their channel. */
  reordered(count: number): void;
  /** The spool stopped working; told once each time. */
  spoolFailed(error: unknown): void;
};

export type QueueOptions = {
  readonly limits: QueueLimits;
  readonly spoolMode: SpoolMode;
  /** undefined: there is none, and an earlier run left none. */
  readonly spool: Spool | undefined;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: QueueEvents;
  readonly publish: (token: number, message: BusMessage) => void;
  /** undefined: the bus never forgets an id. */
  readonly memory: () => BusMemory | undefined;
  /** Keeps what was refused for good, and says later whether it could; until then the message is still queued. */
  readonly keepDeadLetter: (rejection: Rejection, settled: (kept: boolean) => void) => void;
};
