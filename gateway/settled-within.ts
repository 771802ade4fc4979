import type { Clock } from './clock.ts';

/** Resolves when the work is done, or after `ms`: what it then still does, nobody waits for. */
export async function settledWithin(work: Promise<unknown>, ms: number, clock: Clock): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(ms, resolve);
  try {
    await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
