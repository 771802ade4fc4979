/**
 * Repeatable chance: sfc32, a small fast generator with 128 bits of state that passes PractRand
 * (https://pracrand.sourceforge.net/RNG_engines.txt).
 *
 * @param seed an integer; its lower 32 bits count
 * @param stream sequences of one seed that have nothing to do with each other, e.g. one a round
 * @returns numbers in [0, 1), like `Math.random`
 */
export function seededRandom(seed: number, stream = 0): () => number {
  let [a, b, c, counter] = [seed | 0, stream | 0, 0x9e3779b9 | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 16; round += 1) next(); // until every bit of the seed has reached every word
  return next;
}

/** A whole number in [low, high]. */
export function between(random: () => number, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** So many random lower-case hex digits. */
export function hexDigits(random: () => number, count: number): string {
  return Array.from({ length: count }, () => between(random, 0, 15).toString(16)).join('');
}

/** A UUID of version 4 (RFC 9562, 5.4). */
export function uuid(random: () => number): string {
  const hex = hexDigits(random, 32);
  const variant = between(random, 8, 11).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
