/**
 * Exponential backoff with full jitter: a delay in [0, min(maxMs, baseMs × 2^attempt)).
 *
 * When many clients lose the same server at once, full jitter spreads them better than jitter around the middle
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * @param attempt 0 for the first retry
 * @param random a number in [0, 1)
 * @returns whole milliseconds
 */
export function backoffMs(attempt: number, baseMs: number, maxMs: number, random: () => number): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** attempt);
  return Math.floor(random() * ceiling);
}
