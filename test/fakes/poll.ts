import { setTimeout as delay } from 'node:timers/promises';

/** Asks until there is an answer, for what cannot say by itself when it is ready; throws the last error after `deadlineMs`. */
export async function poll<T>(ask: () => Promise<T>, deadlineMs = 20_000): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(10);
  }
}
