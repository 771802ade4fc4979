import type { BusMessage, DeadLetterReason } from '../bus/bus.ts';
import type { Clock, Random } from '../clock.ts';
import type { DropReason, Ledger } from '../ledger.ts';
import type { QueuedMessage } from './pending.ts';

export type QueueLimits = {
  readonly maxBytes: number;
  readonly maxInFlight: number;
  readonly timeoutMs: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** Retries of a message that the bus answers with an error nobody has a rule for. */
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
  /** So many messages are stored ahead of an older one of their channel. */
  reordered(count: number): void;
};

export type QueueOptions = {
  readonly limits: QueueLimits;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: QueueEvents;
  readonly publish: (token: number, message: BusMessage) => void;
  /** Keeps what was refused for good; false: it could not be kept, and is lost. */
  readonly keepDeadLetter: (rejection: Rejection) => boolean;
};
