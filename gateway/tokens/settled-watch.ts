import type { Clock } from '../clock.ts';

/**
 * How often it is looked at. The kernel's own notices do not come from network mounts, and end with the file when
 * another one is put in its place.
 */
const POLL_MS = 2000;
/** What is different is looked at again so soon, and told when it stays: somebody may be writing it. */
const SETTLE_MS = 250;

/** Tells what a look shows whenever two in a row show the same. `look` never rejects. Returns its stop. */
export function watchSettled(
  look: () => Promise<string | undefined>,
  clock: Clock,
  onSight: (sight: string | undefined) => void,
): () => void {
  let looks = 0;
  let seen: string | undefined;
  let cancel: (() => void) | undefined = clock.after(POLL_MS, () => void poll());

  async function poll(): Promise<void> {
    const sight = await look();
    if (!cancel) return;
    const isSettled = looks > 0 && sight === seen;
    looks++;
    seen = sight;
    cancel = clock.after(isSettled ? POLL_MS : SETTLE_MS, () => void poll());
    if (isSettled) onSight(sight);
  }

  return () => {
    cancel?.();
    cancel = undefined;
  };
}
