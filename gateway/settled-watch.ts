import type { Clock } from './clock.ts';

/**
 * How often the file is looked at. The kernel's own notices do not come for network mounts, and end with the file when
 * another one is put in its place.
 */
const POLL_MS = 2000;
/** After a change it is looked at again this soon, and told only if it stays: somebody may still be writing. */
const SETTLE_MS = 250;

/** Tells what a look shows whenever two in a row show the same. `look` never rejects. @returns stops it */
export function watchSettled<T>(
  look: () => Promise<T>,
  areEqual: (one: T, other: T) => boolean,
  clock: Clock,
  onSight: (sight: T) => void,
): () => void {
  let seen: { readonly sight: T } | undefined;
  let cancel: (() => void) | undefined = clock.after(POLL_MS, () => void poll());

  async function poll(): Promise<void> {
    const sight = await look();
    if (!cancel) return;
    const isSettled = seen !== undefined && areEqual(sight, seen.sight);
    seen = { sight };
    cancel = clock.after(isSettled ? POLL_MS : SETTLE_MS, () => void poll());
    if (isSettled) onSight(sight);
  }

  return () => {
    cancel?.();
    cancel = undefined;
  };
}
