/** Finds the messages that were stored ahead of an older one of their channel. */
export class Overtakers {
  /** The highest sequence of each channel so far. */
  readonly #highest = new Map<string, number>();

  /**
   * To be called in the order in which messages were accepted: one with a lower sequence than an older one was stored
   * ahead of it.
   *
   * @param sequence where the bus stored it; 0: nowhere
   */
  isOvertaker(channel: string, sequence: number): boolean {
    if (sequence === 0) return false;
    const highest = this.#highest.get(channel) ?? 0;
    if (sequence > highest) this.#highest.set(channel, sequence);
    return sequence < highest;
  }

  /** Sequences start over from now on. */
  forget(): void {
    this.#highest.clear();
  }
}
