/** A piece of production code that occurs once in its file, and what it is replaced by. */
export type Edit = { readonly file: string; readonly find: string; readonly replace: string };

/** A planted bug. */
export type Mutant = { readonly number: number; readonly what: string; readonly edits: readonly Edit[] };

export function mutant(
  number: number,
  what: string,
  ...edits: readonly (readonly [file: string, find: string, replace: string])[]
): Mutant {
  return { number, what, edits: edits.map(([file, find, replace]) => ({ file, find, replace })) };
}
