import type { Clock } from './clock.ts';

/** Resolves when the work is done, or after `ms`: nobody waits for what it does after that. */
export async function settledWithin(work: Promise<unknown>, ms: number, clock: Clock): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(ms, resolve);
  try {
    await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
