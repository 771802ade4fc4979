import type { BusMemory } from '../bus/bus.ts';
import type { PendingEntry } from './pending-entry.ts';

/** Half of what the bus promises to remember: the other half is for a message to get there and its answer back. */
export function isUnsure({ unsureSince }: PendingEntry, memory: BusMemory | undefined, now: number): boolean {
  return memory !== undefined && now - unsureSince >= memory.windowMs / 2;
}

/** What a look into the stream showed. */
export type Shown = {
  /** Where those that were found are stored. */
  readonly stored: ReadonlyMap<PendingEntry, number>;
  /** Up to which sequence the others are not there. */
  readonly upTo: number;
  /** It went up to the end, as of when the look began. */
  readonly isEnd: boolean;
};

/** When we may not look, there is nothing more to learn: they are sent again. */
const MAY_NOT_LOOK: Shown = { stored: new Map(), upTo: 0, isEnd: true };

/**
 * Looks in the stream, or in the next part of it, for messages that may be there without our knowledge.
 *
 * @throws when the stream cannot be read now
 */
export async function lookUp(memory: BusMemory, entries: readonly PendingEntry[]): Promise<Shown> {
  const byId = new Map(entries.map((entry) => [entry.placed.queued.message.messageId, entry]));
  const after = entries.reduce((least, entry) => Math.min(least, entry.after), Infinity);
  const look = await memory.find(new Set(byId.keys()), after);
  if (look === 'denied') return MAY_NOT_LOOK;
  const stored = new Map<PendingEntry, number>();
  for (const [id, sequence] of look.found) {
    const entry = byId.get(id);
    if (entry) stored.set(entry, sequence);
  }
  return { stored, upTo: look.upTo, isEnd: look.isEnd };
}
