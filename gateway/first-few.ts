/** For a sentence: the first few names of a list that may be long, and how many more there are. */
export function firstFew(names: readonly string[], limit: number): string {
  const more = names.length - limit;
  return names.slice(0, limit).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
