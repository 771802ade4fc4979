import type { BusMessage, Outcome } from './bus.ts';
import { outcomeOf, publishDenied } from './nats-failures.ts';
import type { NatsLink } from './nats-link.ts';
import { wireHeaders } from './nats-message.ts';

/** Publishes a single message and waits for its ack, for at most `timeoutMs`; never rejects. */
export async function sendOver(
  link: NatsLink,
  message: BusMessage,
  { stream, timeoutMs }: { readonly stream: string; readonly timeoutMs: number },
): Promise<Outcome> {
  const headers = wireHeaders(message, link.maxPayload);
  if (!(headers instanceof Uint8Array)) return headers;
  const reply = await link.request(message.subject, message.body, { timeoutMs, headers });
  if (reply.kind === 'denied') return publishDenied(message.subject);
  if (reply.kind === 'silence') return { kind: 'ambiguous', error: reply.error };
  return outcomeOf(reply, stream);
}
