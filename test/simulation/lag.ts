/** How much later than usual everything comes over one link. */
export class Lag {
  #ms = 0;
  #mostMs = 0;

  get ms(): number {
    return this.#ms;
  }

  set ms(ms: number) {
    this.#ms = ms;
    this.#mostMs = Math.max(ms, this.#mostMs);
  }

  /** Until now. */
  get mostMs(): number {
    return this.#mostMs;
  }
}
