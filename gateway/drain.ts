import type { Clock } from './clock.ts';
import type { Delivery } from './delivery.ts';
import { settledWithin } from './settled-within.ts';

/** How much of the time to stop the drain leaves for closing the bus and the pages. */
const CLOSING_MS = 1000;

type Chat = { stop(): Promise<void> };

/**
 * Leaves chat first, so that nothing new arrives; then waits for the bus as long as the time to stop allows.
 *
 * @returns how many messages the stop lost
 */
export async function drain(
  chat: Chat,
  delivery: Delivery,
  timeoutMs: number,
  clock: Clock,
): Promise<number> {
  let lost = 0;
  try {
    const patienceMs = timeoutMs - Math.min(CLOSING_MS, timeoutMs / 2);
    await settledWithin(leaveAndDrain(chat, delivery), patienceMs, clock);
  } finally {
    lost = await delivery.stop(CLOSING_MS / 2);
  }
  return lost;
}

/** Even where leaving chat fails: what is queued must not be lost with it. */
async function leaveAndDrain(chat: Chat, { queue }: Delivery): Promise<void> {
  try {
    await chat.stop();
  } finally {
    await queue.drained();
  }
}
