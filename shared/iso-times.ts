const THREE_DIGITS: readonly string[] = Array.from({ length: 1000 }, (_, ms) => String(ms).padStart(3, '0'));

/**
 * `new Date(ms).toISOString()` for times that come in bursts: within a second, only the milliseconds are rewritten.
 *
 * @returns a function of milliseconds since 1970, up to the end of the year 9999
 */
export function isoTimes(): (ms: number) => string {
  let second = NaN;
  let upToSecond = '';
  return (ms) => {
    const at = Math.floor(ms / 1000);
    if (at !== second) {
      second = at;
      upToSecond = new Date(at * 1000).toISOString().slice(0, -4);
    }
    return `${upToSecond}${THREE_DIGITS[ms - at * 1000]}Z`;
  };
}
