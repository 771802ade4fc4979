import { RateWindow } from '../../shared/rate-window.ts';
import type { Clock } from '../clock.ts';
import type { WantedChannel } from './wanted-channel.ts';

/**
 * Twitch counts the JOINs of an account in any 10 s (https://dev.twitch.tv/docs/chat/#rate-limits), by its own clock
 * and when they arrive; hence the margin.
 */
const JOIN_SPAN_MS = 11_000;

/** Asks for channels when their JOIN is due, at the pace that the account is allowed, whatever connection it uses. */
export class JoinPacer {
  readonly #channels: readonly WantedChannel[];
  readonly #clock: Clock;
  readonly #window: RateWindow;
  #join: ((channels: readonly string[]) => void) | undefined;
  #cancel = (): void => {};

  constructor(channels: readonly WantedChannel[], limit: number, clock: Clock) {
    this.#channels = channels;
    this.#clock = clock;
    this.#window = new RateWindow(limit, JOIN_SPAN_MS);
  }

  /** From now on JOINs go out through `join`. */
  start(join: (channels: readonly string[]) => void): void {
    this.#join = join;
    this.resume();
  }

  stop(): void {
    this.#join = undefined;
    this.#cancel();
  }

  /** Sends what is due and may go, and comes back for the rest; to be called when a `joinAt` has changed. */
  resume(): void {
    const join = this.#join;
    if (!join) return;
    this.#cancel();
    const now = this.#clock.now();
    const due = this.#due(now);
    const asked = due.filter(() => this.#window.take(now));
    for (const channel of asked) channel.asked();
    const waitMs = asked.length < due.length ? this.#window.waitMs(now) : this.#nextDueAt() - now;
    if (waitMs < Infinity) this.#cancel = this.#clock.after(waitMs, () => this.resume());
    if (asked.length > 0) join(asked.map(({ name }) => name));
  }

  /** Those never refused come first: ghosts must not keep the others waiting. */
  #due(now: number): readonly WantedChannel[] {
    const due = this.#channels.filter(({ joinAt }) => joinAt <= now);
    return due.sort((a, b) => a.refusals - b.refusals);
  }

  #nextDueAt(): number {
    return Math.min(...this.#channels.map(({ joinAt }) => joinAt));
  }
}
