import type { NatsConnection } from '@nats-io/transport-node';
import type { Look } from './bus.ts';
import type { Ask } from './nats-api.ts';
import { lastSequence, pullMessages, ReadError } from './nats-read.ts';

/** How long the next messages may take to come. */
const PULL_MS = 2000;
/** How many messages are read in one part of a long stretch: a second or two. */
const PART = 50_000;

type Place = { readonly stream: string; readonly subject: string; readonly after: number };

/**
 * Looks for message ids in the stream, behind a sequence.
 *
 * @returns what a part of the stream holds, or why we may not read there
 * @throws Error when it cannot be read now
 */
export async function findIds(
  connection: NatsConnection,
  ask: Ask,
  where: Place,
  messageIds: ReadonlySet<string>,
): Promise<Look | { readonly denied: string }> {
  try {
    return await readPart(connection, ask, where, messageIds);
  } catch (error) {
    if (error instanceof ReadError && error.isForGood) return { denied: error.message };
    throw error;
  }
}

async function readPart(
  connection: NatsConnection,
  ask: Ask,
  { stream, subject, after }: Place,
  messageIds: ReadonlySet<string>,
): Promise<Look> {
  const found = new Map<string, number>();
  const last = await lastSequence(ask, stream, subject);
  if (last !== undefined && last <= after) return { found, upTo: after, isEnd: true };
  const pullMs = last === undefined ? 0 : PULL_MS;
  const reading = { stream, subject, from: after + 1, headersOnly: true, pullMs };
  let [upTo, count] = [after, 0];
  for await (const message of pullMessages(connection, ask, reading)) {
    if (message === 'idle' && last === undefined) return { found, upTo, isEnd: true };
    if (message === 'idle') break;
    upTo = message.sequence;
    const id = message.headers['Nats-Msg-Id'] ?? '';
    if (messageIds.has(id) && !found.has(id)) found.set(id, upTo);
    if (upTo === last || found.size === messageIds.size) return { found, upTo, isEnd: true };
    if (++count === PART) break;
  }
  if (upTo > after) return { found, upTo, isEnd: false };
  // The last message has been removed meanwhile, or a replica lags: only the next look can tell.
  throw new Error(`the stream was read before its end (${last ?? 'unknown'})`);
}
