import { backoffMs } from '../../shared/backoff.ts';
import type { Random } from '../clock.ts';

/** How soon the next connection may be opened. */
export class ReconnectPace {
  readonly #initialMs: number;
  readonly #maxMs: number;
  readonly #random: Random;
  #attempt = 0;

  constructor(initialMs: number, maxMs: number, random: Random) {
    this.#initialMs = initialMs;
    this.#maxMs = maxMs;
    this.#random = random;
  }

  /**
   * The first retry is immediate, the others back off. They start over only after a connection that outlived the
   * longest backoff: a server that accepts everybody and then hangs up must not be hammered.
   *
   * @param upMs how long the connection that ended was registered; 0: it never was
   * @returns milliseconds
   */
  nextMs(upMs: number): number {
    if (upMs > this.#maxMs) this.#attempt = 0;
    const attempt = this.#attempt++;
    return attempt === 0 ? 0 : backoffMs(attempt - 1, this.#initialMs, this.#maxMs, this.#random);
  }
}
