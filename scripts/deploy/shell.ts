/** A word as a POSIX shell reads it back. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** One command, ready to paste. */
export function pasted(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/** The same with each flag on a line of its own. */
export function pastedInLines(words: readonly string[]): string {
  return words.map((word) => `${word.startsWith('--') ? '\\\n  ' : ''}${quoted(word)}`).join(' ');
}
