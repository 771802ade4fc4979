/** Anything longer is not a name that many share. */
const MAX_LENGTH = 256;

/**
 * A pure function of short texts that remembers its answers. When it holds `max` of them it starts over, so a flood of
 * texts that nobody repeats costs no more memory than that.
 */
export function remembered<T>(answer: (text: string) => T, max: number): (text: string) => T {
  const answers = new Map<string, T>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    if (text.length > MAX_LENGTH) return answer(text);
    if (answers.size >= max) answers.clear();
    // A text cut out of a line would keep the whole line in memory; a copy made from bytes stands alone.
    const copy = Buffer.from(text).toString();
    const found = answer(copy);
    answers.set(copy, found);
    return found;
  };
}
