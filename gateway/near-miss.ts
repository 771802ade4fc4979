/**
 * The known name that is one typing mistake away from `name`: one character too many, too few or wrong, or two
 * neighbours swapped. Undefined: there is none, or `name` itself is known.
 */
export function nearMiss(name: string, known: readonly string[]): string | undefined {
  return known.includes(name) ? undefined : known.find((candidate) => isOneEditAway(name, candidate));
}

function isOneEditAway(typed: string, meant: string): boolean {
  const start = commonPrefix(typed, meant);
  const rest = (text: string, skip: number) => text.slice(start + skip);
  return (
    rest(typed, 1) === rest(meant, 0) ||
    rest(typed, 0) === rest(meant, 1) ||
    rest(typed, 1) === rest(meant, 1) ||
    (typed[start] === meant[start + 1] &&
      typed[start + 1] === meant[start] &&
      rest(typed, 2) === rest(meant, 2))
  );
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
