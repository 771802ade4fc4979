import type { Clock } from './clock.ts';
import type { Delivery } from './delivery.ts';
import { settledWithin } from './settled-within.ts';

/** Of the time to stop, what the drain leaves for closing the bus and the pages. */
const CLOSING_MS = 1000;

/**
 * Leaves chat first, so that nothing new comes; then waits for the bus as long as the time to stop allows.
 *
 * @returns how many messages the stop lost
 */
export async function drain(
  chat: { stop(): Promise<void> },
  delivery: Delivery,
  timeoutMs: number,
  clock: Clock,
): Promise<number> {
  const drained = chat.stop().then(() => delivery.queue.drained());
  await settledWithin(drained, timeoutMs - Math.min(CLOSING_MS, timeoutMs / 2), clock);
  return delivery.stop(CLOSING_MS / 2);
}
