/** In milliseconds, by any clock. */
export type Span = { readonly from: number; readonly to: number };

/** What is left of a span after taking away what was read, in order. @param read in any order */
export function unread(span: Span, read: readonly Span[]): readonly Span[] {
  let left: readonly Span[] = span.from < span.to ? [span] : [];
  for (const { from, to } of read) {
    if (from >= to) continue;
    left = left
      .flatMap((part) => [
        { from: part.from, to: Math.min(part.to, from) },
        { from: Math.max(part.from, to), to: part.to },
      ])
      .filter((part) => part.from < part.to);
  }
  return left;
}
