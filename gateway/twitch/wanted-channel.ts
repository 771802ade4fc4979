import type { Clock } from '../clock.ts';
import type { ChannelState, ChannelStatus } from '../status.ts';
import { Coverage, type Reader } from './coverage.ts';
import { GapLog, type ClosedGap, type GapReason } from './gap-log.ts';
import { retryMs, type Refusal } from './refusals.ts';
import type { Span } from './unread.ts';

/** How soon yesterday's crowd is forgotten. */
const HALF_LIFE_MS = 5 * 60_000;

/** One channel that we want to read, and how far we have got. Once refused, it counts as refused until a JOIN succeeds. */
export class WantedChannel {
  /** The login. */
  readonly name: string;
  /** When the next JOIN is due, by the monotonic clock, on a connection that is not in it. */
  joinAt: number;
  readonly #clock: Clock;
  readonly #gaps = new GapLog();
  readonly #coverage = new Coverage();
  #refusal: { readonly name: Refusal; readonly times: number } | undefined;
  #lastMessageAt: number | null = null;
  #messages = 0;
  #state: ChannelState = 'joining';
  #reason: string | null = null;
  #since: number | null = null;
  #settled = false;

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.joinAt = clock.now();
    this.#clock = clock;
  }

  /** The last word about it was a refusal. */
  get isRefused(): boolean {
    return this.#refusal !== undefined;
  }

  get state(): ChannelState {
    return this.#state;
  }

  get reason(): string | null {
    return this.#reason;
  }

  /** A line of its chat came. @param receivedAt milliseconds since 1970 */
  heard(receivedAt: number): void {
    this.#messages = this.messagesLately(receivedAt) + 1;
    this.#lastMessageAt = receivedAt;
  }

  /** How busy it is: its messages, each counting half as much every five minutes. */
  messagesLately(date: number): number {
    if (this.#lastMessageAt === null) return 0;
    return this.#messages * 2 ** (-Math.max(0, date - this.#lastMessageAt) / HALF_LIFE_MS);
  }

  /** @returns the gap that ends with this */
  joined(reader: Reader): ClosedGap | undefined {
    this.#coverage.joined(reader, this.#clock.now());
    this.#refusal = undefined;
    this.joinAt = this.#clock.now();
    this.#settled = true;
    this.#enter('joined', null);
    return this.#gaps.close(this.#clock.date());
  }

  /**
   * @param isLate the JOIN already counts as refused, and this is a better reason
   * @returns milliseconds until the next attempt
   */
  refused(name: Refusal, isLate: boolean): number {
    const last = this.#refusal?.name === name ? this.#refusal.times : 0;
    const times = Math.max(1, isLate ? last : last + 1);
    this.#refusal = { name, times };
    this.#settled = true;
    if (this.#coverage.isEmpty) this.#enter('refused', name);
    const retryInMs = retryMs(name, times);
    this.joinAt = this.#clock.now() + retryInMs;
    return retryInMs;
  }

  /**
   * A connection is no longer in it, or never got in.
   *
   * @param readUntil until when it had missed nothing, by the monotonic clock
   * @returns the gaps before another connection was also in it, if this one fell silent earlier
   */
  lost(reader: Reader, reason: GapReason, readUntil: number): readonly ClosedGap[] {
    const missed = this.#coverage.left(reader, readUntil);
    const { isRead } = this.#coverage;
    if (!isRead && this.#refusal) this.#enter('refused', this.#refusal.name);
    else if (!isRead) this.#enter('joining', reason);
    return this.#gaps.add(this.#dated(missed), isRead ? reason : (this.#refusal?.name ?? reason));
  }

  /** It is no longer wanted. @returns the gap that was open */
  parted(): ClosedGap | undefined {
    this.#enter('parted', 'stopped');
    return this.#gaps.close(this.#clock.date());
  }

  status(): ChannelStatus {
    return {
      channel: this.name,
      state: this.#state,
      reason: this.#reason,
      since: this.#since,
      lastMessageAt: this.#lastMessageAt,
      settled: this.#settled,
      gaps: this.#gaps.list(),
    };
  }

  /** In milliseconds since 1970. */
  #dated(spans: readonly Span[]): readonly Span[] {
    const offset = this.#clock.date() - this.#clock.now();
    const dated = (at: number): number => Math.round(at + offset);
    return spans
      .map(({ from, to }) => ({ from: dated(from), to: dated(to) }))
      .filter(({ from, to }) => from < to);
  }

  #enter(state: ChannelState, reason: string | null): void {
    if (state !== this.#state) this.#since = this.#clock.date();
    this.#state = state;
    this.#reason = reason;
  }
}
