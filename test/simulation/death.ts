/** When a process is to die: in the middle of whatever it does to the world next. */
export class Death {
  #actsLeft = Infinity;
  #onLinked: () => void = () => {};

  /** After so many acts on the world. */
  after(acts: number): void {
    this.#actsLeft = acts;
  }

  /** The same, counted from when the link to the bus is up again. */
  afterLink(acts: number): void {
    this.#onLinked = () => this.after(acts);
  }

  /** It may live. */
  spare(): void {
    this.#actsLeft = Infinity;
    this.#onLinked = () => {};
  }

  linked(): void {
    this.#onLinked();
  }

  /** One act more. @returns whether it is too many */
  strikes(): boolean {
    return this.#actsLeft-- <= 0;
  }
}
