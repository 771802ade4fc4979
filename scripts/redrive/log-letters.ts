import type { LetterSource, StoredLetter } from '../../gateway/bus/letter-source.ts';
import type { Log } from '../../gateway/store/log.ts';

/** Letters read at once, and on their way at once. */
const PAGE = 16;
const REDRIVEN = 'redriven';

/** Dead letters in a log, of one subject or (undefined) of all; those that are done with are marked. */
export class LogLetters implements LetterSource {
  readonly #log: Log;
  readonly #subject: string | undefined;
  #after = 0;
  readonly #done: number[] = [];

  constructor(log: Log, subject: string | undefined) {
    this.#log = log;
    this.#subject = subject;
  }

  async next(): Promise<readonly StoredLetter[]> {
    const page = this.#log.read({ after: this.#after, limit: PAGE, subject: this.#subject });
    this.#after = page.at(-1)?.sequence ?? this.#after;
    const letters = page.map(({ sequence, body, attributes }) => {
      return { sequence, body, isDone: attributes['state'] === REDRIVEN };
    });
    this.#done.push(...letters.filter(({ isDone }) => isDone).map(({ sequence }) => sequence));
    return letters;
  }

  async done(letters: readonly StoredLetter[]): Promise<void> {
    const sequences = letters.map(({ sequence }) => sequence);
    if (sequences.length > 0) this.#log.annotate(sequences, { state: REDRIVEN });
    this.#done.push(...sequences);
  }

  async countRest(): Promise<number> {
    let count = 0;
    for (let page = await this.next(); page.length > 0; page = await this.next()) {
      count += page.filter(({ isDone }) => !isDone).length;
    }
    return count;
  }

  /** Takes what is done with out of the log. */
  removeDone(): void {
    if (this.#done.length > 0) this.#log.settle(this.#done);
  }
}
