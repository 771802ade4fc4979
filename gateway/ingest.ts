import { envelopeHeaders, messageIdOf } from '../shared/envelope-headers.ts';
import { toEnvelope, type ChatLine, type Envelope } from '../shared/envelope.ts';
import type { RecentIds } from '../shared/recent-ids.ts';
import { messageSize } from '../shared/message-size.ts';
import type { Clock } from './clock.ts';
import type { Ledger } from './ledger.ts';
import type { QueuedMessage } from './publish/queued-message.ts';

export type IngestOptions = {
  readonly ledger: Ledger;
  readonly recentIds: RecentIds;
  readonly clock: Clock;
  readonly subject: string;
  readonly finalizationDestination: string;
  /** Takes a message over at once, and counts it as received; false: there was no room, and that is counted too. */
  readonly offer: (queued: QueuedMessage) => boolean;
};

/**
 * The straight path of a chat line, live or replayed: seen before? → envelope → queue.
 *
 * An id is remembered only once its message was accepted: the copy that a second connection brings is then still
 * welcome when there was no room for the first.
 */
export function createIngest(options: IngestOptions): (line: ChatLine) => void {
  const { ledger, recentIds, clock, offer } = options;
  return (line) => {
    const envelope = toEnvelope(line, options.finalizationDestination);
    const messageId = messageIdOf(envelope);
    if (recentIds.has(messageId)) countDuplicate(ledger);
    else if (offer(toQueued(envelope, options.subject))) recentIds.add(messageId, clock.now());
  };
}

function countDuplicate(ledger: Ledger): void {
  ledger.received++;
  ledger.duplicates.gateway++;
}

function toQueued(envelope: Envelope, subject: string): QueuedMessage {
  const headers = envelopeHeaders(envelope);
  const body = Buffer.from(JSON.stringify(envelope));
  const { sentAt } = envelope.payload;
  return {
    message: { messageId: messageIdOf(envelope), subject, headers, body },
    channel: envelope.source.channel,
    bytes: messageSize({ headers, body }),
    saidAt: sentAt === '' ? undefined : Date.parse(sentAt),
  };
}
