import type { BusState, Outcome, Refusal } from '../bus/bus.ts';
import type { Degradation } from '../degradation.ts';
import type { QueueStatus } from '../status.ts';
import { Accounts } from './accounts.ts';
import { Intake } from './intake.ts';
import { Pending } from './pending.ts';
import type { PendingEntry } from './pending-entry.ts';
import type { QueueOptions } from './queue-options.ts';
import type { QueuedMessage, SentMark } from './queued-message.ts';
import { Sender } from './sender.ts';

/** A healthy bus takes nearly everything in less time, and what it takes need not be written first. */
const SPILL_AFTER_MS = 500;

const NOTHING_RECOVERED: SentMark = { sentUpTo: 0, stream: '', after: 0 };

/**
 * The border between "must be quick" and "may be slow": `offer` never waits, and what was accepted is sent until the
 * bus has settled it, in order, under the same message id each time.
 *
 *     offer ─► intake (memory, or the disk while that is full) ─► pending ─► sender ─► bus
 *                                                                   ▲                   │
 *                                                                   └── accounts ◄── outcome
 *
 * An answer is matched by the message's token, whatever attempt it belongs to: with a token per attempt, a bus slower
 * than the timeout would never settle anything.
 */
export class PublishQueue {
  readonly #options: QueueOptions;
  readonly #pending: Pending;
  readonly #accounts: Accounts;
  readonly #intake: Intake;
  readonly #sender: Sender;
  #closed = false;
  #cancelSpill: () => void = () => {};
  readonly #whenEmpty = new Set<() => void>();

  constructor(options: QueueOptions) {
    const { limits, spool, spoolMode, events } = options;
    const recovered = spool?.recoveredMark ?? NOTHING_RECOVERED;
    this.#options = options;
    this.#pending = new Pending(recovered);
    this.#accounts = new Accounts(options, this.#pending, (position) => this.#intake.settled(position));
    this.#sender = new Sender(options, this.#pending, this.#accounts, {
      onSending: (position) => this.#intake.sending(position),
      onSettled: () => this.#afterSettling(),
    });
    this.#intake = new Intake({
      ...options,
      mode: spoolMode,
      pending: this.#pending,
      maxMemoryBytes: limits.maxBytes,
      maxSpoolBytes: limits.maxSpoolBytes,
      maxInFlight: limits.maxInFlight,
      mark: () => this.#pending.mark(),
      onDrop: (reason, count) => this.#accounts.drop(reason, count),
      onAdmitted: () => this.#sender.pump(),
      onSpoolError: (error) => events.spoolFailed(error),
    });
    this.#intake.refill();
  }

  /** Accepts one message and counts it as received; false: there was no room, and it is dropped. Never waits. */
  offer(queued: QueuedMessage): boolean {
    if (this.#closed) {
      this.#options.ledger.received++;
      this.#accounts.drop('shutdown', 1);
      return false;
    }
    const taken = this.#intake.offer(queued);
    this.#sender.pump();
    return taken;
  }

  busState(state: BusState): void {
    this.#sender.busState(state);
  }

  /** Which stream the bus stores in, and behind which sequence; the sequences of another one mean nothing. */
  stream(id: string, lastSequence: number): void {
    this.#pending.streamIs(id, lastSequence);
  }

  /** What became of a message, by its token; an answer for one that is already settled changes nothing. */
  outcome(token: number, outcome: Outcome): void {
    const entry = this.#pending.get(token);
    if (!entry || entry.sends === 0 || entry.state === 'settled' || entry.state === 'parked') return;
    switch (outcome.kind) {
      case 'stored':
        return this.#stored(entry, outcome.sequence, outcome.duplicate);
      case 'rejected':
        return this.#rejected(entry, outcome.reason, outcome.error);
      case 'unknown':
        return this.#unknown(entry, outcome.error);
      case 'ambiguous':
      case 'refused':
        return this.#sender.failed(entry, outcome.kind, outcome.error);
    }
  }

  /** Everything in flight was refused. */
  refused({ error }: Refusal): void {
    const entry = this.#pending.oldestInFlight;
    if (entry) this.#sender.failed(entry, 'refused', error);
  }

  /** The end is near: a bus that takes its time, or is away, finds more and more of what waits for it on the disk. */
  saveSoon(): void {
    this.#spillIn(this.#sender.isLinked ? SPILL_AFTER_MS : 0);
  }

  /** Resolves once everything accepted is settled. What waits for its commit is written at once, and counts. */
  async drained(): Promise<void> {
    this.#intake.flush();
    if (this.queued === 0) return;
    this.saveSoon();
    await new Promise<void>((resolve) => this.#whenEmpty.add(resolve));
    this.#cancelSpill();
  }

  /** Sends nothing more; answers to what was sent are still welcome. */
  halt(): void {
    this.#cancelSpill();
    this.#sender.halt();
  }

  /** The end, after `halt`: what is not settled is written to the disk or lost. Returns how many messages were lost. */
  close(): number {
    const lost = this.#intake.close();
    if (lost > 0) this.#accounts.drop('shutdown', lost);
    this.#pending.clear();
    this.#closed = true;
    return lost;
  }

  /** Counted from the structures that hold the messages, never computed as a difference. */
  get queued(): number {
    return this.#pending.unsettled + this.#intake.staged + this.#intake.spooled;
  }

  status(): QueueStatus {
    const { inFlight, unsettled, bytes } = this.#pending;
    return {
      waiting: unsettled - inFlight + this.#intake.staged,
      inFlight,
      spooled: this.#intake.spooled,
      bytes: bytes + this.#intake.bytes,
      oldestAgeMs: Math.round(this.#oldestAgeMs()),
      lastDropAgeMs: this.#accounts.lastDropAgeMs,
    };
  }

  degraded(): Degradation[] {
    return [...this.#sender.degraded(), ...this.#intake.degraded()];
  }

  /** What is in memory is older than what waits on the disk, or on its way there. */
  #oldestAgeMs(): number {
    const { clock } = this.#options;
    const { oldest } = this.#pending;
    if (oldest) return clock.now() - oldest.acceptedAt;
    return Math.max(0, clock.date() - (this.#intake.oldestAcceptedAt ?? clock.date()));
  }

  #stored(entry: PendingEntry, sequence: number, duplicate: boolean): void {
    // What was acked before a message was sent is stored before it; otherwise this is another stream, as we shall hear.
    if (!duplicate && sequence <= entry.after) this.#pending.forgetSequences();
    this.#sender.acked(entry.state === 'in_flight');
    this.#accounts.stored(entry, sequence, !duplicate || entry.sends > 1);
    this.#afterSettling();
  }

  #rejected(entry: PendingEntry, reason: Parameters<Accounts['rejected']>[1], error: string): void {
    this.#accounts.rejected(entry, reason, error, () => this.#afterSettling());
    this.#sender.pump();
  }

  #unknown(entry: PendingEntry, error: string): void {
    if (entry.state !== 'in_flight') return;
    entry.unknownErrors++;
    if (entry.unknownErrors > this.#options.limits.maxRetries) this.#rejected(entry, 'unknown_error', error);
    else this.#sender.failed(entry, 'unknown', error);
  }

  #spillIn(ms: number): void {
    this.#cancelSpill();
    this.#cancelSpill = this.#options.clock.after(ms, () => {
      if (this.#intake.spill()) this.#spillIn(0);
    });
  }

  #afterSettling(): void {
    this.#intake.refill();
    this.#sender.pump();
    if (this.queued > 0) return;
    for (const resolve of this.#whenEmpty) resolve();
    this.#whenEmpty.clear();
  }
}
