/** A dead letter as it is stored. */
export type StoredLetter = {
  /** Identifies it within its source. */
  readonly sequence: number;
  readonly body: Uint8Array;
  /** An earlier run has dealt with it. */
  readonly isDone: boolean;
};

/** Dead letters in stored order, from one place, for a run that deals with each once. */
export type LetterSource = {
  /** The next few; none: that was all. */
  next(): Promise<readonly StoredLetter[]>;
  /** These are done with: the next run will not deal with them. */
  done(letters: readonly StoredLetter[]): Promise<void>;
  /** How many are not done with and were not shown by `next`. */
  countRest(): Promise<number>;
};

export const NO_LETTERS: LetterSource = {
  next: async () => [],
  done: async () => undefined,
  countRest: async () => 0,
};
