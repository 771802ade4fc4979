/** A dead letter where it is stored. */
export type StoredLetter = {
  /** Names it within its source. */
  readonly sequence: number;
  readonly body: Uint8Array;
  /** An earlier run was done with it. */
  readonly isDone: boolean;
};

/** Dead letters in stored order, from one place, for a run that deals with each once. */
export type LetterSource = {
  /** The next ones, a handful at once; none: that was all. */
  next(): Promise<readonly StoredLetter[]>;
  /** These are done with: the next run does not deal with them. */
  done(letters: readonly StoredLetter[]): Promise<void>;
  /** How many are neither done with nor were shown by `next`. */
  countRest(): Promise<number>;
};

export const NO_LETTERS: LetterSource = {
  next: async () => [],
  done: async () => undefined,
  countRest: async () => 0,
};
