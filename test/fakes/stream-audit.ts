import assert from 'node:assert/strict';
import { jetstreamManager, type Consumer, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

const ANSWER_MS = 10_000;

/** What is in the stream, byte for byte. */
export type StoredMessage = {
  readonly seq: number;
  /** `Nats-Msg-Id`, "" when absent. */
  readonly id: string;
  readonly subject: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
};

/** What was handed to the bridge. `id` is the `Nats-Msg-Id` that it must be stored under. */
export type SentMessage = { readonly id: string; readonly channel: string };

/**
 * Every message of `subject` in the stream, in stored order, read by a consumer made for this and deleted afterwards.
 *
 * Where it ends is asked of the stream's leader: a consumer may be placed on a replica that lags behind, and then
 * claims that nothing is pending long before the end.
 */
export async function readStream(
  nc: NatsConnection,
  stream: string,
  subject: string,
): Promise<StoredMessage[]> {
  const manager = await jetstreamManager(nc, { timeout: ANSWER_MS });
  const last = await manager.streams.getMessage(stream, { last_by_subj: subject });
  if (!last) return [];
  const consumer = await manager.jetstream().consumers.get(stream, { filter_subjects: subject });
  try {
    return await readUpTo(last.seq, consumer);
  } finally {
    await consumer.delete();
  }
}

async function readUpTo(lastSeq: number, consumer: Consumer): Promise<StoredMessage[]> {
  const stored: StoredMessage[] = [];
  for await (const message of await consumer.consume()) {
    stored.push(toStored(message));
    if (message.seq >= lastSeq) break;
  }
  return stored;
}

/** Exactly these ids are stored, whatever their order, and none of them twice. */
export function assertExactly(stored: readonly StoredMessage[], ids: Iterable<string>): void {
  const expected = new Set(ids);
  const seen = new Set<string>();
  const doubled = stored.filter(({ id }) => seen.size === seen.add(id).size).map(({ id }) => id);
  const faults = [
    fault(
      'missing',
      [...expected].filter((id) => !seen.has(id)),
    ),
    fault(
      'unexpected',
      [...seen].filter((id) => !expected.has(id)),
    ),
    fault('doubled', doubled),
  ];
  const report = faults.filter(Boolean).join('; ');
  assert.ok(report === '', report);
}

/**
 * How many messages of each channel are stored ahead of one that was sent before them; a channel without any is absent.
 *
 * @param sent in the order sent, all channels together
 * @throws Error when a stored message was never sent
 */
export function overtakers(
  stored: readonly StoredMessage[],
  sent: readonly SentMessage[],
): Map<string, number> {
  const positions = new Map(sent.map(({ id, channel }, position) => [id, { channel, position }]));
  const oldest = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const { id, seq } of stored.toReversed()) {
    const { channel, position } = positions.get(id) ?? assert.fail(`${id} (sequence ${seq}) was never sent`);
    const oldestBehind = oldest.get(channel) ?? Infinity;
    if (position > oldestBehind) counts.set(channel, (counts.get(channel) ?? 0) + 1);
    else oldest.set(channel, position);
  }
  return counts;
}

/** Every channel's messages are stored in the order sent. */
export function assertInOrder(stored: readonly StoredMessage[], sent: readonly SentMessage[]): void {
  assert.deepEqual(overtakers(stored, sent), new Map(), 'overtakers by channel');
}

function toStored({ seq, subject, data, headers }: JsMsg): StoredMessage {
  const named = [...(headers ?? [])].map(([name, values]) => [name, values.join(', ')]);
  return {
    seq,
    id: headers?.get('Nats-Msg-Id') ?? '',
    subject,
    body: Buffer.from(data),
    headers: Object.fromEntries(named),
  };
}

/** Enough to see the pattern, not a million lines; "" when there is nothing to tell. */
function fault(what: string, ids: readonly string[]): string {
  return ids.length === 0 ? '' : `${ids.length} ${what}: ${ids.slice(0, 10).join(', ')}`;
}
