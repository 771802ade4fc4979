import { backoffMs } from '../../shared/backoff.ts';
import type { Random } from '../clock.ts';
import type { FailureKind, QueueLimits } from './queue-options.ts';

/**
 * How many messages may be in flight, and how long to wait after a failure. After one the window starts at a single
 * message and doubles with each ack: a bus that begins to refuse then reorders a handful of messages, not thousands.
 */
export class SendWindow {
  readonly #limits: Pick<QueueLimits, 'maxInFlight' | 'baseDelayMs' | 'maxDelayMs'>;
  readonly #random: Random;
  #size: number;
  /** Failures since the last ack: the exponent of the backoff. */
  #failures = 0;
  #lastFailure: FailureKind = 'ambiguous';

  constructor(limits: Pick<QueueLimits, 'maxInFlight' | 'baseDelayMs' | 'maxDelayMs'>, random: Random) {
    this.#limits = limits;
    this.#random = random;
    this.#size = limits.maxInFlight;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * @param inTime false: the answer to an attempt that a failure had already called back. After a refusal it says
   *   nothing about what comes next, since it was on its way before.
   */
  acked(inTime: boolean): void {
    if (!inTime && this.#lastFailure !== 'ambiguous') return;
    this.#failures = 0;
    this.#size = Math.min(this.#size * 2, this.#limits.maxInFlight);
  }

  restart(kind: FailureKind): void {
    this.#lastFailure = kind;
    this.#size = 1;
  }

  /** Milliseconds to wait after one more failure. */
  nextDelayMs(): number {
    return backoffMs(this.#failures++, this.#limits.baseDelayMs, this.#limits.maxDelayMs, this.#random);
  }
}
