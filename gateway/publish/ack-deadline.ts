import type { Clock } from '../clock.ts';
import type { PendingEntry } from './pending-entry.ts';

export type AckDeadlineOptions = {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly oldestInFlight: () => PendingEntry | undefined;
  readonly onMissed: (entry: PendingEntry) => void;
};

/** One timer for the whole window: the oldest in flight was sent before all others, so its age is all that matters. */
export class AckDeadline {
  readonly #options: AckDeadlineOptions;
  #cancel: (() => void) | undefined;

  constructor(options: AckDeadlineOptions) {
    this.#options = options;
  }

  /** Something is in flight; cheap to call repeatedly. */
  watch(): void {
    this.#cancel ??= this.#wait(this.#options.timeoutMs);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(ms: number): () => void {
    return this.#options.clock.after(ms, () => {
      this.#cancel = undefined;
      this.#check();
    });
  }

  #check(): void {
    const { clock, timeoutMs, oldestInFlight, onMissed } = this.#options;
    const oldest = oldestInFlight();
    if (!oldest) return;
    const left = oldest.sentAt + timeoutMs - clock.now();
    if (left > 0) this.#cancel = this.#wait(left);
    else onMissed(oldest);
  }
}
