import type { BusMessage, DeadLetterReason, Outcome } from './bus.ts';
import { badHeader, EncodedMessage, headerText } from './encoded-message.ts';

type Rejected = Extract<Outcome, { kind: 'rejected' }>;

/**
 * The headers of a message as on the wire, or why it cannot be sent: a client that sends more than the server takes is
 * disconnected.
 *
 * @param maxPayload in bytes, headers included
 */
export function wireHeaders(message: BusMessage, maxPayload: number): Uint8Array | Rejected {
  const encoded = message instanceof EncodedMessage ? message.wireHeaders : encode(message.headers);
  if (!(encoded instanceof Uint8Array)) return encoded;
  const size = encoded.byteLength + message.body.byteLength;
  if (size <= maxPayload) return encoded;
  return rejected('max_payload', `${size} bytes with headers; the server takes ${maxPayload} (max_payload)`);
}

function encode(headers: BusMessage['headers']): Uint8Array | Rejected {
  const name = badHeader(headers);
  if (name === undefined) return Buffer.from(headerText(headers));
  const [header, value] = [JSON.stringify(name), JSON.stringify(headers[name] ?? '')];
  return rejected('bad_header', `header ${header} cannot be sent: ${value}`);
}

function rejected(reason: DeadLetterReason, error: string): Rejected {
  return { kind: 'rejected', reason, error };
}
