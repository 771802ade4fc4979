import type { BusMemory, BusState } from '../bus/bus.ts';
import type { Degradation } from '../degradation.ts';
import type { Accounts } from './accounts.ts';
import { AckDeadline } from './ack-deadline.ts';
import { isUnsure, lookUp, type Shown } from './look-up.ts';
import type { Pending } from './pending.ts';
import type { PendingEntry } from './pending-entry.ts';
import type { FailureKind, QueueOptions } from './queue-options.ts';
import { SendWindow } from './send-window.ts';

/** How many messages are looked for in a long stream, and up to where it was read. */
type Progress = { readonly messages: number; readonly upTo: number };

/**
 * `paused`: after a failure, until its backoff ends. `looking`: for what the bus may hold but have forgotten; with
 * progress from the second part of a long stream on.
 */
type Phase =
  | { readonly kind: 'link_down' | 'flowing' | 'halted' }
  | { readonly kind: 'looking'; readonly messages: number; progress: Progress | undefined }
  | { readonly kind: 'paused'; readonly cancel: () => void };

type SenderEvents = {
  /** A message that is on the disk as well is about to be sent. */
  onSending(position: number): void;
  /** Something was found in the stream, perhaps. */
  onSettled(): void;
};

/**
 * Decides when what is pending is sent. A failure moves the cursor back to the oldest unsettled message, and everything
 * un-acked is sent again after a backoff, in order and with the same ids.
 *
 * A bus remembers ids only for a while: what was sent longer ago than half of that, and never acked, is looked for in
 * the stream before it is sent again.
 */
export class Sender {
  readonly #options: QueueOptions;
  readonly #pending: Pending;
  readonly #accounts: Accounts;
  readonly #events: SenderEvents;
  readonly #window: SendWindow;
  readonly #deadline: AckDeadline;
  #phase: Phase = { kind: 'link_down' };

  constructor(options: QueueOptions, pending: Pending, accounts: Accounts, events: SenderEvents) {
    const { limits, clock, random } = options;
    this.#options = options;
    this.#pending = pending;
    this.#accounts = accounts;
    this.#events = events;
    this.#window = new SendWindow(limits, random);
    this.#deadline = new AckDeadline({
      clock,
      timeoutMs: limits.timeoutMs,
      oldestInFlight: () => pending.oldestInFlight,
      onMissed: (entry) => this.failed(entry, 'ambiguous', `no ack within ${limits.timeoutMs} ms`),
    });
  }

  get isLinked(): boolean {
    return this.#phase.kind !== 'link_down';
  }

  /** While the link is gone nothing is sent, and no retry is used up. */
  busState(state: BusState): void {
    const linked = state === 'up' || state === 'refusing';
    if (this.#phase.kind === 'halted' || linked === (this.#phase.kind !== 'link_down')) return;
    if (linked) return this.#flow();
    this.#callBack('ambiguous');
    this.#enter({ kind: 'link_down' });
  }

  /** Sends as much as the window allows. */
  pump(): void {
    if (this.#phase.kind !== 'flowing' || this.#pending.inFlight >= this.#window.size) return;
    const { clock, publish, memory } = this.#options;
    const now = clock.now();
    while (this.#pending.inFlight < this.#window.size) {
      const token = this.#pending.next();
      const entry = token === undefined ? undefined : this.#pending.get(token);
      if (token === undefined || !entry) break;
      if (isUnsure(entry, memory(), now)) return this.#look(now, memory());
      if (entry.onDisk) this.#events.onSending(entry.placed.position);
      this.#pending.send(entry, now);
      publish(token, entry.placed.queued.message);
    }
    if (this.#pending.inFlight > 0) this.#deadline.watch();
  }

  /** @param inTime whether the message was still in flight, and had not been called back */
  acked(inTime: boolean): void {
    this.#window.acked(inTime);
  }

  /** An attempt failed; the answer to one that was called back before changes nothing. */
  failed(entry: PendingEntry, kind: FailureKind, error: string): void {
    if (entry.state === 'in_flight' && this.#phase.kind !== 'halted') this.#pause(entry, kind, error);
  }

  degraded(): Degradation[] {
    if (this.#phase.kind !== 'looking' || !this.#phase.progress) return [];
    const { messages, upTo } = this.#phase.progress;
    const sentence = `nothing is sent while the stream is read for ${messages} messages that it may already hold; read up to sequence ${upTo}`;
    return [{ code: 'bus_down', sentence }];
  }

  /** Sends nothing from now on. */
  halt(): void {
    this.#deadline.stop();
    this.#enter({ kind: 'halted' });
  }

  #pause({ placed, sends }: PendingEntry, kind: FailureKind, error: string): void {
    const { clock, events } = this.#options;
    const retryInMs = this.#window.nextDelayMs();
    this.#callBack(kind);
    this.#enter({ kind: 'paused', cancel: clock.after(retryInMs, () => this.#flow()) });
    const { message, channel } = placed.queued;
    events.publishFailed({ messageId: message.messageId, channel, attempt: sends, kind, error, retryInMs });
  }

  /** Whatever is in flight waits again. */
  #callBack(kind: FailureKind): void {
    this.#window.restart(kind);
    this.#pending.rewind();
  }

  #flow(): void {
    this.#enter({ kind: 'flowing' });
    this.pump();
  }

  #enter(phase: Phase): void {
    if (this.#phase.kind === 'paused') this.#phase.cancel();
    this.#phase = phase;
  }

  /**
   * Nothing is sent until it is clear which of the messages sent before the bus holds. The younger ones, whose
   * ids it still knows, are looked for as well: the next run begins behind the end of this look.
   */
  #look(now: number, memory: BusMemory | undefined): void {
    const unsure = this.#pending.waiting().filter(({ unsureSince }) => unsureSince < Infinity);
    const [first] = unsure;
    if (!memory || !first) return;
    const phase: Phase = { kind: 'looking', messages: unsure.length, progress: undefined };
    this.#enter(phase);
    const { epoch } = this.#pending;
    lookUp(memory, unsure).then(
      (shown) => this.#phase === phase && this.#shown(unsure, shown, now, epoch === this.#pending.epoch),
      (error: unknown) =>
        this.#phase === phase && this.#pause(first, 'ambiguous', `while looking: ${String(error)}`),
    );
  }

  /**
   * What was found counts as if answered "duplicate". The rest is known to be missing up to where the stream was read,
   * and, once the end was reached, as of `lookedAt`: before that, what was sent earlier may still be further on.
   */
  #shown(unsure: readonly PendingEntry[], shown: Shown, lookedAt: number, isSameStream: boolean): void {
    const { stored, upTo, isEnd } = shown;
    for (const entry of isSameStream ? unsure : []) {
      const sequence = stored.get(entry);
      if (entry.state !== 'waiting') continue;
      if (sequence !== undefined) this.#accounts.stored(entry, sequence, entry.sends > 0);
      else this.#pending.missing(entry, upTo, isEnd ? lookedAt : undefined);
    }
    this.#flow();
    if (!isEnd) this.#tellOfNextPart(upTo);
    this.#events.onSettled();
  }

  /** There is none when late acks have settled meanwhile all that was looked for. */
  #tellOfNextPart(upTo: number): void {
    if (this.#phase.kind !== 'looking') return;
    this.#phase.progress = { messages: this.#phase.messages, upTo };
    this.#options.events.stillLooking(this.#phase.progress);
  }
}
