import type { Degradation } from '../degradation.ts';

/**
 * The contract between the publish queue and a message bus.
 *
 * Publishing returns no promise: a message is handed over at once and its outcome is reported later, at most once per
 * attempt, through `BusEvents.onOutcome`. An outcome that never comes is the queue's business (it has the deadline); a
 * bus never retries and never reorders.
 */

/** What travels: the same attributes on every driver (NATS headers, embedded columns). */
export type BusMessage = {
  /** De-duplication key, e.g. `tw:885196de-…`: stored at most once within the bus's memory of ids. */
  readonly messageId: string;
  readonly subject: string;
  /** All headers, `Nats-Msg-Id` included, in the order in which they are shown. */
  readonly headers: Readonly<Record<string, string>>;
  /** UTF-8 bytes of the body. */
  readonly body: Uint8Array;
};

/** Why a message was refused for good; the `reason` of a dead letter. */
export const DEAD_LETTER_REASONS = ['max_payload', 'max_msg_size', 'bad_header', 'unknown_error'] as const;
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

/** What became of one publish. */
export type Outcome =
  /** An ack that was checked. `duplicate`: the bus already had this id; `sequence` is then the first one's. */
  | { readonly kind: 'stored'; readonly sequence: number; readonly duplicate: boolean }
  /** Nobody knows: a timeout, a lost link, an answer that cannot be believed. Send again, same id, for ever. */
  | { readonly kind: 'ambiguous'; readonly error: string }
  /** Refused for now, and somebody can fix it: `code` says what. */
  | Refusal
  /** Refused for good: retrying can never help. */
  | { readonly kind: 'rejected'; readonly reason: DeadLetterReason; readonly error: string }
  /** An error without a rule: retried `PUBLISH_MAX_RETRIES` times, then a dead letter. */
  | { readonly kind: 'unknown'; readonly error: string };

export type Refusal = { readonly kind: 'refused'; readonly code: RefusalCode; readonly error: string };
export type RefusalCode = 'stream_missing' | 'stream_full' | 'publish_denied' | 'bus_refused';

/** `refusing`: the link is up, but the last answer was a refusal or the stream is missing. */
export type BusState = 'connecting' | 'up' | 'refusing' | 'down';

export type BusEvents = {
  /** `token` is the one given to `publish`: it names the message, not the attempt, so a late answer still counts. */
  onOutcome(token: number, outcome: Outcome): void;
  /** Everything in flight was refused: the server did not say which message it meant. */
  onRefused(refusal: Refusal): void;
  /** Nothing may be sent unless `up` or `refusing`; whatever is un-acked when the state leaves those must be sent again. */
  onState(state: BusState, error: string | null): void;
  /**
   * Which stream the messages go to, before the first `up` and whenever it is a different one: one that was deleted and
   * made again starts its sequences over.
   *
   * @param lastSequence what is published from now on is stored behind it; 0 if that is not known
   */
  onStream(id: string, lastSequence: number): void;
};

export type Bus = {
  readonly driver: 'embedded' | 'nats';
  /** undefined: it never forgets an id. */
  readonly memory: BusMemory | undefined;
  /** Hands one message over; never throws and never waits. The outcome follows in a later turn of the event loop. */
  publish(token: number, message: BusMessage): void;
  /** A single message, for what is rare (a dead letter); resolves within a few seconds, never rejects. */
  send(message: BusMessage): Promise<Outcome>;
  /** What an operator should know, with the cure. */
  degraded(): readonly Degradation[];
  /** Settles what can be settled within `deadlineMs` and lets go of every resource. */
  close(deadlineMs: number): Promise<void>;
};

/** For a bus that forgets ids: what has long been un-acked is looked for before it is sent again. */
export type BusMemory = {
  /** For how long an id is certain to be remembered after it was stored, in milliseconds. */
  readonly windowMs: number;
  /**
   * Reads on in the stream behind `after` (a sequence). A long stretch is read in parts, one for each call, so that a
   * lost link costs one part only.
   *
   * @returns `denied`: we may not read the stream, and say so in `degraded`
   * @throws when the stream cannot be read now
   */
  find(messageIds: ReadonlySet<string>, after: number): Promise<Look | 'denied'>;
};

/** What a part of the stream holds. */
export type Look = {
  /** The sequence of each id that was found. */
  readonly found: ReadonlyMap<string, number>;
  /** Up to which sequence it was read. */
  readonly upTo: number;
  /** That was the end of the stream, as of the call. */
  readonly isEnd: boolean;
};

/** Opens a bus: it reports `connecting` first and becomes `up` by itself; opening never blocks. */
export type OpenBus = (events: BusEvents) => Bus;
