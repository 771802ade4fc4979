import { Overtakers } from './overtakers.ts';

/** What is known about the stream that messages are stored in: which one it is, and how far it has got. */
export class Sequences {
  readonly #overtakers = new Overtakers();
  #stream: string;
  #last = 0;
  #epoch = 0;

  constructor(stream: string) {
    this.#stream = stream;
  }

  get stream(): string {
    return this.#stream;
  }

  /** The newest sequence that we know of. */
  get last(): number {
    return this.#last;
  }

  /** Changes when the sequences seen so far no longer mean anything. */
  get epoch(): number {
    return this.#epoch;
  }

  /** What is sent from now on will be stored in this stream, behind that sequence. @returns whether it is a different one */
  streamIs(id: string, last: number): boolean {
    const isAnother = id !== this.#stream;
    if (isAnother) this.forget();
    this.#stream = id;
    this.stored(last);
    return isAnother;
  }

  stored(sequence: number): void {
    this.#last = Math.max(this.#last, sequence);
  }

  /** To be called in the order in which messages were accepted. @returns whether it was stored ahead of an older one */
  settled(channel: string, sequence: number): boolean {
    return this.#overtakers.isOvertaker(channel, sequence);
  }

  /** They start over. */
  forget(): void {
    this.#epoch++;
    this.#last = 0;
    this.#overtakers.forget();
  }
}
