import type { BusMemory } from '../bus/bus.ts';
import type { PendingEntry } from './pending.ts';

/** Half of what the bus promises to remember: the other half is for a message to go and its answer to come. */
export function isUnsure({ unsureSince }: PendingEntry, memory: BusMemory | undefined, now: number): boolean {
  return memory !== undefined && now - unsureSince >= memory.windowMs / 2;
}

/**
 * Looks in the stream for messages that may be there without our knowledge.
 *
 * @returns where those that were found are stored; none, when we may not look
 * @throws when the stream cannot be read now
 */
export async function lookUp(
  memory: BusMemory,
  entries: readonly PendingEntry[],
): Promise<ReadonlyMap<PendingEntry, number>> {
  const byId = new Map(entries.map((entry) => [entry.placed.queued.message.messageId, entry]));
  const after = entries.reduce((least, entry) => Math.min(least, entry.after), Infinity);
  const found = await memory.find(new Set(byId.keys()), after);
  const stored = new Map<PendingEntry, number>();
  if (found === 'denied') return stored;
  for (const [id, sequence] of found) {
    const entry = byId.get(id);
    if (entry) stored.set(entry, sequence);
  }
  return stored;
}
