import type { StoredLetter } from './letter-source.ts';
import type { NatsLetters } from './nats-letters.ts';

/** Letters that are opened when first asked for: trouble with them stops nothing that comes before them. */
export class LateLetters implements NatsLetters {
  readonly #open: () => Promise<NatsLetters>;
  #opened: Promise<NatsLetters> | undefined;

  constructor(open: () => Promise<NatsLetters>) {
    this.#open = open;
  }

  async next(): Promise<readonly StoredLetter[]> {
    return (await this.#letters()).next();
  }

  async done(letters: readonly StoredLetter[]): Promise<void> {
    await (await this.#letters()).done(letters);
  }

  async countRest(): Promise<number> {
    return (await this.#letters()).countRest();
  }

  /** What could not be opened showed nothing, and whoever asked was told why. */
  async giveBack(): Promise<void> {
    const letters = await this.#opened?.catch(() => undefined);
    await letters?.giveBack();
  }

  #letters(): Promise<NatsLetters> {
    return (this.#opened ??= this.#open());
  }
}
