import { backoffMs } from '../../shared/backoff.ts';
import type { BusState, DeadLetterReason, Outcome } from '../bus/bus.ts';
import type { DropReason } from '../ledger.ts';
import type { QueueStatus } from '../status.ts';
import { Pending, type PendingEntry, type QueuedMessage } from './pending.ts';
import type { FailureKind, QueueOptions } from './queue-options.ts';

/** `paused`: after a failure, until its backoff ends. */
type Phase =
  | { readonly kind: 'link_down' }
  | { readonly kind: 'flowing' }
  | { readonly kind: 'paused'; readonly cancel: () => void }
  | { readonly kind: 'stopped' };

/**
 * The border between "must be quick" and "may be slow": `offer` never waits, and what was accepted is sent until the
 * bus has settled it, in order, with the same message id each time.
 *
 * A failure moves the cursor back to the oldest unsettled message. An answer is matched by the message's token,
 * whatever attempt it belongs to: with a token per attempt, a bus slower than the timeout would never settle anything.
 * After a failure the window starts at one message and doubles with each ack: a bus that begins to refuse then
 * reorders a handful of messages, not thousands.
 */
export class PublishQueue {
  readonly #options: QueueOptions;
  readonly #pending = new Pending();
  #phase: Phase = { kind: 'link_down' };
  #window: number;
  /** Failures since the last ack: the exponent of the backoff. */
  #failures = 0;
  #lastFailure: FailureKind = 'ambiguous';
  #lastDropAt: number | undefined;
  #cancelSweep: (() => void) | undefined;
  #whenEmpty: (() => void) | undefined;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#window = options.limits.maxInFlight;
  }

  /** Takes one message over; false: there was no room, and it is counted as dropped. Never waits. */
  offer(queued: QueuedMessage): boolean {
    if (this.#pending.bytes + queued.bytes > this.#options.limits.maxBytes) {
      this.#drop('queue_full', 1);
      return false;
    }
    this.#pending.push(queued, this.#options.clock.now());
    this.#pump();
    return true;
  }

  /** The link came or went. While it is gone nothing is sent, and no retry is used up. */
  busState(state: BusState): void {
    const linked = state === 'up' || state === 'refusing';
    if (this.#phase.kind === 'stopped' || linked === (this.#phase.kind !== 'link_down')) return;
    if (linked) return this.#flow();
    this.#lastFailure = 'ambiguous';
    this.#restartWindow();
    this.#enter({ kind: 'link_down' });
  }

  /** What became of a message, by its token; an answer for one that is settled already changes nothing. */
  outcome(token: number, outcome: Outcome): void {
    const entry = this.#pending.get(token);
    if (!entry || entry.state === 'settled' || entry.sends === 0) return;
    switch (outcome.kind) {
      case 'stored':
        return this.#stored(entry, outcome);
      case 'rejected':
        return this.#rejected(entry, outcome.reason, outcome.error);
      case 'unknown':
        return this.#unknown(entry, outcome.error);
      case 'ambiguous':
      case 'refused':
        return this.#failed(entry, outcome.kind, outcome.error);
    }
  }

  /** Resolves once everything accepted is settled. */
  async drained(): Promise<void> {
    if (this.#pending.unsettled === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
  }

  /** Sends nothing more; what is not settled by now is lost, and counted. Returns how many that were. */
  stop(): number {
    this.#cancelSweep?.();
    this.#enter({ kind: 'stopped' });
    const lost = this.#pending.unsettled;
    if (lost > 0) this.#drop('shutdown', lost);
    this.#pending.clear();
    return lost;
  }

  /** Counted from the structure that holds the messages, never computed as a difference. */
  get queued(): number {
    return this.#pending.unsettled;
  }

  status(): QueueStatus {
    const now = this.#options.clock.now();
    const { oldest, inFlight, unsettled, bytes } = this.#pending;
    return {
      waiting: unsettled - inFlight,
      inFlight,
      spooled: 0,
      bytes,
      oldestAgeMs: oldest ? Math.round(now - oldest.acceptedAt) : 0,
      lastDropAgeMs: this.#lastDropAt === undefined ? null : now - this.#lastDropAt,
    };
  }

  #stored(entry: PendingEntry, { sequence, duplicate }: { sequence: number; duplicate: boolean }): void {
    const { ledger, events, clock } = this.#options;
    const wasInFlight = entry.state === 'in_flight';
    const reordered = this.#pending.settle(entry, sequence);
    if (reordered > 0) events.reordered(reordered);
    if (duplicate && entry.sends === 1) ledger.duplicates.bus++;
    else ledger.published++;
    const { saidAt } = entry.queued;
    events.stored(clock.now() - entry.acceptedAt, saidAt === undefined ? undefined : clock.date() - saidAt);
    if (wasInFlight || this.#lastFailure === 'ambiguous') this.#widenWindow();
    this.#settled();
  }

  /** Answers still on the way when a refusal came do not count here: they tell nothing of what comes after it. */
  #widenWindow(): void {
    this.#failures = 0;
    this.#window = Math.min(this.#window * 2, this.#options.limits.maxInFlight);
  }

  #rejected(entry: PendingEntry, reason: DeadLetterReason, error: string): void {
    this.#pending.settle(entry, 0);
    const kept = this.#options.keepDeadLetter({ queued: entry.queued, reason, error, attempts: entry.sends });
    if (kept) this.#options.ledger.deadLettered[reason]++;
    else this.#drop('deadletter_store', 1);
    this.#settled();
  }

  #unknown(entry: PendingEntry, error: string): void {
    if (entry.state !== 'in_flight') return;
    entry.unknownErrors++;
    if (entry.unknownErrors > this.#options.limits.maxRetries) this.#rejected(entry, 'unknown_error', error);
    else this.#failed(entry, 'unknown', error);
  }

  #failed(entry: PendingEntry, kind: FailureKind, error: string): void {
    if (entry.state !== 'in_flight') return;
    const { limits, clock, random, events } = this.#options;
    const retryInMs = backoffMs(this.#failures, limits.baseDelayMs, limits.maxDelayMs, random);
    this.#failures++;
    this.#lastFailure = kind;
    this.#restartWindow();
    this.#enter({ kind: 'paused', cancel: clock.after(retryInMs, () => this.#flow()) });
    const { queued, sends } = entry;
    const { messageId } = queued.message;
    events.publishFailed({ messageId, channel: queued.channel, attempt: sends, kind, error, retryInMs });
  }

  #restartWindow(): void {
    this.#window = 1;
    this.#pending.rewind();
  }

  #settled(): void {
    if (this.#pending.unsettled === 0) {
      this.#whenEmpty?.();
      this.#whenEmpty = undefined;
    }
    this.#pump();
  }

  #flow(): void {
    this.#enter({ kind: 'flowing' });
    this.#pump();
  }

  #enter(phase: Phase): void {
    if (this.#phase.kind === 'paused') this.#phase.cancel();
    this.#phase = phase;
  }

  #pump(): void {
    if (this.#phase.kind !== 'flowing') return;
    const now = this.#options.clock.now();
    while (this.#pending.inFlight < this.#window) {
      const token = this.#pending.sendNext(now);
      if (token === undefined) break;
      const entry = this.#pending.get(token);
      if (entry) this.#options.publish(token, entry.queued.message);
    }
    if (this.#pending.inFlight > 0) this.#cancelSweep ??= this.#scheduleSweep(this.#options.limits.timeoutMs);
  }

  /** One deadline for the whole window: the oldest in flight was sent first, so only its age needs looking at. */
  #scheduleSweep(ms: number): () => void {
    return this.#options.clock.after(ms, () => {
      this.#cancelSweep = undefined;
      const { oldest } = this.#pending;
      if (oldest?.state !== 'in_flight') return;
      const left = oldest.sentAt + this.#options.limits.timeoutMs - this.#options.clock.now();
      if (left > 0) this.#cancelSweep = this.#scheduleSweep(left);
      else this.#failed(oldest, 'ambiguous', `no ack within ${this.#options.limits.timeoutMs} ms`);
    });
  }

  #drop(reason: DropReason, count: number): void {
    this.#options.ledger.dropped[reason] += count;
    this.#lastDropAt = this.#options.clock.now();
    this.#options.events.dropped(reason, count);
  }
}
