import { remembered } from '../../shared/remembered.ts';
import type { BusMessage } from './bus.ts';

/** Printable ASCII without the colon: https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-4.md */
const NAME = /^[!-9;-~]+$/;
const isName = remembered((text) => NAME.test(text), 64);
const LINE_BREAK = /[\r\n]/;

/** Before the first header and after the last: what NATS has on the wire besides the `name: value` lines. */
const FRAME_BYTES = 'NATS/1.0\r\n\r\n'.length;

/**
 * A message kept as it travels: its headers as NATS has them on the wire, followed by its body, in one piece. It waits in
 * little more memory than it is long, and is encoded once, however often it is sent.
 */
export class EncodedMessage implements BusMessage {
  readonly subject: string;
  readonly #bytes: Buffer;
  readonly #bodyStart: number;

  /** @param bytes nobody else writes to them; the headers, from `NATS/1.0` to the empty line, are not checked again */
  constructor(subject: string, bytes: Buffer, bodyStart: number) {
    this.subject = subject;
    this.#bytes = bytes;
    this.#bodyStart = bodyStart;
  }

  get messageId(): string {
    return this.headers['Nats-Msg-Id'] ?? '';
  }

  get headers(): Readonly<Record<string, string>> {
    const lines = this.wireHeaders.toString().split('\r\n').slice(1, -2);
    return Object.fromEntries(lines.map(nameAndValue));
  }

  get wireHeaders(): Buffer {
    return this.#bytes.subarray(0, this.#bodyStart);
  }

  get body(): Buffer {
    return this.#bytes.subarray(this.#bodyStart);
  }

  /** Of body and headers, as `messageSize` counts them. */
  get size(): number {
    return this.#bytes.length - FRAME_BYTES;
  }
}

/**
 * The same message in one piece, if possible: read from the disk it is a dozen, and its body alone has a buffer of its
 * own.
 */
export function inOnePiece(message: BusMessage): BusMessage {
  const { subject, headers, body, messageId } = message;
  if (badHeader(headers) !== undefined || headers['Nats-Msg-Id'] !== messageId) return message;
  const text = headerText(headers);
  const bytes = Buffer.allocUnsafe(Buffer.byteLength(text) + body.length);
  const bodyStart = bytes.write(text);
  bytes.set(body, bodyStart);
  return new EncodedMessage(subject, bytes, bodyStart);
}

/** The headers as on the wire, up to the empty line; none of them may be a {@link badHeader}. */
export function headerText(headers: BusMessage['headers']): string {
  let text = 'NATS/1.0\r\n';
  for (const name of Object.keys(headers)) text += `${name}: ${headers[name]}\r\n`;
  return `${text}\r\n`;
}

/** The name of the first header that cannot be sent: a line break in it would add another header, or end them all. */
export function badHeader(headers: BusMessage['headers']): string | undefined {
  return Object.keys(headers).find((name) => !isName(name) || LINE_BREAK.test(headers[name] ?? ''));
}

function nameAndValue(line: string): readonly [string, string] {
  const colon = line.indexOf(': ');
  return [line.slice(0, colon), line.slice(colon + 2)];
}
