import type { Clock } from './clock.ts';
import type { Delivery } from './delivery.ts';
import { settledWithin } from './settled-within.ts';

/** How much of the time to stop the drain leaves at most for closing the bus and the pages; half of it is the bus's. */
const CLOSING_MS = 1000;

type Chat = { stop(): Promise<void> };

/** Leaves chat first, so that nothing new arrives; then waits for the bus as long as the time to stop allows. */
export async function drain(chat: Chat, delivery: Delivery, timeoutMs: number, clock: Clock): Promise<void> {
  const closingMs = Math.min(CLOSING_MS, timeoutMs / 2);
  try {
    await settledWithin(leaveAndDrain(chat, delivery), timeoutMs - closingMs, clock);
  } finally {
    await delivery.stop(closingMs / 2);
  }
}

/** Even where leaving chat fails, or takes its time: what is queued must not be lost with it. */
async function leaveAndDrain(chat: Chat, { queue }: Delivery): Promise<void> {
  queue.saveSoon();
  try {
    await chat.stop();
  } finally {
    await queue.drained();
  }
}
