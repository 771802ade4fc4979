import type { NatsConnection } from '@nats-io/transport-node';
import type { Ask } from './nats-api.ts';
import { lastSequence, pullMessages, ReadError } from './nats-read.ts';

/** How long the next messages may take to come. */
const PULL_MS = 2000;

/**
 * Looks for message ids in the stream, after a sequence.
 *
 * @returns the sequence of each id found, or why we may not read there
 * @throws Error when it cannot be read now
 */
export async function findIds(
  connection: NatsConnection,
  ask: Ask,
  where: { readonly stream: string; readonly subject: string; readonly after: number },
  messageIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number> | { readonly denied: string }> {
  try {
    return await find(connection, ask, where, messageIds);
  } catch (error) {
    if (error instanceof ReadError && error.isForGood) return { denied: error.message };
    throw error;
  }
}

async function find(
  connection: NatsConnection,
  ask: Ask,
  { stream, subject, after }: { stream: string; subject: string; after: number },
  messageIds: ReadonlySet<string>,
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const last = await lastSequence(ask, stream, subject);
  if (last !== undefined && last <= after) return found;
  const reading = {
    stream,
    subject,
    from: after + 1,
    headersOnly: true,
    pullMs: last === undefined ? 0 : PULL_MS,
  };
  for await (const message of pullMessages(connection, ask, reading)) {
    if (message === 'idle' && last === undefined) return found;
    if (message === 'idle') break;
    const id = message.headers['Nats-Msg-Id'] ?? '';
    if (messageIds.has(id) && !found.has(id)) found.set(id, message.sequence);
    if (message.sequence === last || found.size === messageIds.size) return found;
  }
  // What was last has been removed meanwhile, or a replica lags: only the next look can tell.
  throw new Error(`the stream was read before its end (${last ?? 'unknown'})`);
}
