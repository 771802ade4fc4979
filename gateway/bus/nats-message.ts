import { remembered } from '../../shared/remembered.ts';
import type { BusMessage, DeadLetterReason, Outcome } from './bus.ts';
import { EncodedMessage } from './encoded-message.ts';

/** Printable ASCII without the colon: https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-4.md */
const NAME = /^[!-9;-~]+$/;
const isName = remembered((text) => NAME.test(text), 64);
const LINE_BREAK = /[\r\n]/;

type Rejected = Extract<Outcome, { kind: 'rejected' }>;

/**
 * The headers of a message as they stand on the wire, or why it cannot be sent: whoever sends more than the server
 * takes is disconnected, and a line break in a header would add one, or end them all.
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
  let text = 'NATS/1.0\r\n';
  for (const name of Object.keys(headers)) {
    const value = headers[name] ?? '';
    if (!isName(name) || LINE_BREAK.test(value)) {
      return rejected(
        'bad_header',
        `header ${JSON.stringify(name)} cannot be sent: ${JSON.stringify(value)}`,
      );
    }
    text += `${name}: ${value}\r\n`;
  }
  return Buffer.from(`${text}\r\n`);
}

function rejected(reason: DeadLetterReason, error: string): Rejected {
  return { kind: 'rejected', reason, error };
}
