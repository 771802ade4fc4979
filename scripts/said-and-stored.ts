import type { StoredMessage } from '../gateway/bus/stored-message.ts';
import { toEnvelope, type Envelope } from '../shared/envelope.ts';
import { parseMessage } from '../shared/tmi-parser.ts';

type Said = { readonly channel: string; readonly line: string };

/**
 * How what is stored differs from what was said, a sentence for each difference: channel by channel every line must be
 * there once, in the order said, and nothing else. Only the time of receipt is not compared.
 */
export function differences(said: readonly Said[], stored: readonly Pick<StoredMessage, 'body'>[]): string[] {
  const envelopes = stored.map(({ body }) => JSON.parse(Buffer.from(body).toString()) as Envelope);
  const expected = Map.groupBy(said, ({ channel }) => channel);
  const found = Map.groupBy(envelopes, ({ source }) => source.channel);
  const channels = new Set([...expected.keys(), ...found.keys()]);
  return [...channels].flatMap((channel) =>
    inChannel(channel, expected.get(channel) ?? [], found.get(channel) ?? []),
  );
}

function inChannel(channel: string, said: readonly Said[], stored: readonly Envelope[]): string[] {
  if (said.length !== stored.length)
    return [`#${channel}: ${said.length} lines said, ${stored.length} stored`];
  const index = said.findIndex(({ line }, position) => !isEnvelopeOf(line, stored[position]));
  return index < 0 ? [] : [`#${channel}: line ${index + 1} is not what is stored in its place`];
}

function isEnvelopeOf(line: string, stored: Envelope | undefined): boolean {
  const message = parseMessage(line);
  if (!message || !stored) return false;
  const receivedAt = Date.parse(stored.timestamp);
  const expected = toEnvelope(
    { message, line, replacedBytes: false, receivedAt },
    stored.finalizationDestination,
  );
  return JSON.stringify(expected) === JSON.stringify(stored);
}
