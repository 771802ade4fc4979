import type { Clock } from '../clock.ts';
import type { ChannelState, ChannelStatus } from '../status.ts';
import type { Ending } from './endings.ts';
import { GapLog, type ClosedGap } from './gap-log.ts';
import type { Refusal } from './refusals.ts';

/** Bans end and channels come back, but not within seconds. */
const FIRST_RETRY_MS = 60_000;
const LAST_RETRY_MS = 15 * 60_000;

/** One channel that we want to read, and how far we are. Once refused, it counts as refused until a JOIN succeeds. */
export class WantedChannel {
  readonly name: string;
  /** When the next JOIN is due, by the monotonic clock; Infinity: joined, or an answer is awaited. */
  joinAt = -Infinity;
  /** Refusals since it was last joined. */
  refusals = 0;
  /** Milliseconds since 1970. */
  lastMessageAt: number | null = null;
  readonly #clock: Clock;
  readonly #gaps = new GapLog();
  #state: ChannelState = 'joining';
  #reason: string | null = null;
  #since: number | null = null;
  #settled = false;

  /** @param name the login */
  constructor(name: string, clock: Clock) {
    this.name = name;
    this.#clock = clock;
  }

  /** A JOIN left for the server. */
  asked(): void {
    this.joinAt = Infinity;
  }

  /** @returns the gap that ends with this */
  joined(): ClosedGap | undefined {
    this.#enter('joined', null);
    this.#settled = true;
    this.joinAt = Infinity;
    this.refusals = 0;
    return this.#gaps.close(this.#clock.date());
  }

  /** @returns milliseconds until it is to be asked for again */
  refused(refusal: Refusal): number {
    if (this.#state === 'joined') this.#gaps.open(this.#clock.date(), refusal);
    this.#enter('refused', refusal);
    this.#settled = true;
    const retryInMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.refusals);
    this.refusals += 1;
    this.joinAt = this.#clock.now() + retryInMs;
    return retryInMs;
  }

  /** Its connection ended. A refused one that is not being asked for keeps its time. */
  lost(ending: Ending, readUntil: number): void {
    if (this.#state === 'joined') this.#gaps.open(readUntil, ending);
    if (this.#state !== 'refused') this.#enter('joining', ending);
    if (this.joinAt === Infinity) this.joinAt = this.#clock.now();
  }

  parted(): void {
    this.#enter('parted', 'stopped');
  }

  status(): ChannelStatus {
    return {
      channel: this.name,
      state: this.#state,
      reason: this.#reason,
      since: this.#since,
      lastMessageAt: this.lastMessageAt,
      settled: this.#settled,
      gaps: this.#gaps.list(),
    };
  }

  #enter(state: ChannelState, reason: string | null): void {
    if (state !== this.#state) this.#since = this.#clock.date();
    this.#state = state;
    this.#reason = reason;
  }
}
