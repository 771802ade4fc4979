import { messageIdOf } from '../../shared/envelope-headers.ts';
import type { HeardLine } from '../../shared/heard-line.ts';
import { keyOf } from './chat-line.ts';
import { Intervals } from './intervals.ts';
import type { Journal } from './journal.ts';
import type { Plan } from './plan.ts';
import type { FaultName } from './fault-names.ts';
import type { SimClock } from './sim-clock.ts';

/** How late a line may come while there is lag, and how inexact a gap therefore is. */
const LAGGING_MS = 5_000;
const LAGS: ReadonlySet<FaultName> = new Set([
  'lag',
  'lagging_handover',
  'third_connection',
  'stalled_loop',
  'crowded_retry',
]);
/** And while it is deep. */
const DEEP_MS = 12_000;
const DEEP: ReadonlySet<FaultName> = new Set(['deep_lag', 'deep_handover', 'long_stall']);
/** How long a lag has consequences. */
const AFTER_LAG_MS = 10_000;

/** A line that was said. */
type Line = {
  readonly channel: string;
  readonly at: number;
  readonly isExcused: () => boolean;
  isHeard: boolean;
};

/** A message that the bridge has taken over. */
export type Kept = {
  readonly id: string;
  readonly channel: string;
  /** Its place among all that were taken over. */
  readonly order: number;
  /** It came again in another life of the process, which cannot know it: it may go twice. */
  isRepeated: boolean;
  /** It was sent on a disk that could not be written: after a kill nobody knows it, and it may go twice. */
  isUnnoted: boolean;
  /** It became a dead letter; it may be stored all the same, if an earlier attempt was. */
  isDead: boolean;
  /** By the ledger it may be lost. */
  isLost: boolean;
};

/** What was said, what was heard, and what the bridge made itself answerable for. */
export class Book {
  readonly kept = new Map<string, Kept>();
  readonly #clock: SimClock;
  readonly #journal: Journal;
  readonly #plan: Pick<Plan, 'faults' | 'latencyMs'>;
  readonly #lines = new Map<string, Line>();
  readonly #unread = new Map<string, Intervals>();
  readonly #askedAt = new Map<string, number>();
  #order = 0;
  /** In one frame. */
  #arrived = new Set<string>();

  constructor(clock: SimClock, journal: Journal, plan: Pick<Plan, 'channels' | 'faults' | 'latencyMs'>) {
    this.#plan = plan;
    this.#clock = clock;
    this.#journal = journal;
    for (const channel of plan.channels) this.#unread.set(channel, new Intervals());
  }

  /** When a channel is rightly not read. */
  unread(channel: string): Intervals {
    const intervals = this.#unread.get(channel);
    if (!intervals) throw new Error(`no channel ${channel}`);
    return intervals;
  }

  /** @param isExcused in the end: nobody could know that it was missed */
  said(key: string, channel: string, isExcused: () => boolean): void {
    this.#lines.set(key, { channel, at: this.#clock.now(), isExcused, isHeard: false });
  }

  askedFor(channel: string): void {
    if (!this.#askedAt.has(channel)) this.#askedAt.set(channel, this.#clock.now());
  }

  decided(channel: string): void {
    this.#askedAt.delete(channel);
  }

  /** When the oldest JOIN of a channel left us that is not decided, on whatever connection. */
  askedAt(channel: string): number {
    return this.#askedAt.get(channel) ?? -Infinity;
  }

  arriving(): void {
    this.#arrived = new Set();
  }

  /** @returns its message id */
  heard(line: HeardLine): string {
    const key = keyOf(line);
    this.#arrived.add(key);
    const said = this.#lines.get(key);
    if (said) said.isHeard = true;
    return messageIdOf(line);
  }

  /** Of the frame that has just arrived. */
  mustHaveHeard(keys: readonly string[]): void {
    for (const key of keys)
      this.#journal.check(this.#arrived.has(key), () => `${key} reached the socket and was not read`);
  }

  /** The bridge has taken it over. */
  keep(id: string, channel: string): Kept {
    const known = this.kept.get(id);
    if (known) {
      known.isRepeated = true;
      known.isLost = false;
      return known;
    }
    const kept = {
      id,
      channel,
      order: this.#order++,
      isRepeated: false,
      isUnnoted: false,
      isDead: false,
      isLost: false,
    };
    this.kept.set(id, kept);
    return kept;
  }

  /** There was no room for it. */
  turnAway(kept: Kept): void {
    if (kept.isRepeated) kept.isLost = true;
    else this.kept.delete(kept.id);
  }

  /** In the end: whatever was said was heard, or nobody was reading and that is told. */
  checkLines(): void {
    for (const [key, { channel, at, isHeard, isExcused }] of this.#lines) {
      if (isHeard || isExcused() || this.isUnread(channel, at)) continue;
      this.#journal.fail(`${key} was said in ${channel} at ${at} ms, never read, and no gap tells of it`);
    }
  }

  /** It is rightly not read, or a gap tells of it. */
  isUnread(channel: string, at: number): boolean {
    return this.unread(channel).contains(at, this.slackAt(at));
  }

  /** How inexact a gap is that begins or ends then. */
  slackAt(time: number): number {
    if (this.#isDuring(DEEP, time)) return DEEP_MS;
    return this.#isDuring(LAGS, time) ? LAGGING_MS : 3 * this.#plan.latencyMs[1] + 100;
  }

  /** One of these faults has consequences then. */
  #isDuring(faults: ReadonlySet<FaultName>, time: number): boolean {
    return this.#plan.faults.some(
      ({ name, at, until }) => faults.has(name) && time >= at - AFTER_LAG_MS && time <= until + AFTER_LAG_MS,
    );
  }
}
