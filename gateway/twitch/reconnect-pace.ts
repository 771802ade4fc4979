import { backoffMs } from '../../shared/backoff.ts';
import type { Random } from '../clock.ts';

/** How soon the next connection may be opened, for one group of channels. */
export class ReconnectPace {
  readonly #initialMs: number;
  readonly #maxMs: number;
  readonly #random: Random;
  #attempt = 0;
  #upSince = Infinity;

  constructor(initialMs: number, maxMs: number, random: Random) {
    this.#initialMs = initialMs;
    this.#maxMs = maxMs;
    this.#random = random;
  }

  /** A connection registered. */
  up(now: number): void {
    this.#upSince = now;
  }

  /**
   * The first retry is immediate, the others back off. They start over only after a connection that outlived the
   * longest backoff: a server that accepts everybody and then hangs up must not be hammered.
   *
   * @param now when the connection ended, or is found to need a successor
   * @returns milliseconds
   */
  nextMs(now: number): number {
    if (now - this.#upSince > this.#maxMs) this.#attempt = 0;
    this.#upSince = Infinity;
    const attempt = this.#attempt++;
    return attempt === 0 ? 0 : backoffMs(attempt - 1, this.#initialMs, this.#maxMs, this.#random);
  }
}
