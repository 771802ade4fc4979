import type { HeardLine } from '../shared/heard-line.ts';
import type { RecentIds } from '../shared/recent-ids.ts';
import { EncodedMessage } from './bus/encoded-message.ts';
import type { Clock } from './clock.ts';
import type { Ledger } from './ledger.ts';
import type { QueuedMessage } from './publish/queued-message.ts';

export type IngestOptions = {
  readonly ledger: Ledger;
  readonly recentIds: RecentIds;
  readonly clock: Clock;
  readonly subject: string;
  readonly finalizationDestination: string;
  /** Accepts a message at once, and counts it as received; false: there was no room, and that is counted, too. */
  readonly offer: (queued: QueuedMessage) => boolean;
};

/**
 * The straight path of a chat line, live or replayed: seen before? → envelope → queue.
 *
 * An id is remembered only once its message was accepted: if there was no room for it, the copy that a second
 * connection brings is still welcome.
 */
export function createIngest(options: IngestOptions): (line: HeardLine) => void {
  const { ledger, recentIds, clock, offer } = options;
  return (line) => {
    const { id } = line;
    if (recentIds.has(id)) countDuplicate(ledger);
    else if (offer(toQueued(line, options))) recentIds.add(id, clock.now());
  };
}

function countDuplicate(ledger: Ledger): void {
  ledger.received++;
  ledger.duplicates.gateway++;
}

function toQueued(line: HeardLine, { subject, finalizationDestination }: IngestOptions): QueuedMessage {
  const { bytes, bodyStart } = line.encode(finalizationDestination);
  const message = new EncodedMessage(subject, bytes, bodyStart);
  const { channel, saidAt } = line;
  return { message, channel, bytes: message.size, saidAt };
}
