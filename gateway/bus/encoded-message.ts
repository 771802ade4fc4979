import type { BusMessage } from './bus.ts';

/** Before the first header and behind the last: what stands on the wire of NATS besides `name: value` lines. */
const FRAME_BYTES = 'NATS/1.0\r\n\r\n'.length;

/**
 * A message that is kept as it travels: its headers as they stand on the wire of NATS, and its body behind them, in one
 * piece. It waits in no more memory than it is long, and is encoded once, however often it is sent.
 */
export class EncodedMessage implements BusMessage {
  readonly subject: string;
  readonly #bytes: Buffer;
  readonly #bodyStart: number;

  /** @param bytes nobody else writes to them; the headers, from `NATS/1.0` to the empty line, are not looked at again */
  constructor(subject: string, bytes: Buffer, bodyStart: number) {
    this.subject = subject;
    this.#bytes = bytes;
    this.#bodyStart = bodyStart;
  }

  get messageId(): string {
    return this.headers['Nats-Msg-Id'] ?? '';
  }

  get headers(): Readonly<Record<string, string>> {
    const lines = this.wireHeaders.toString('latin1').split('\r\n').slice(1, -2);
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

function nameAndValue(line: string): readonly [string, string] {
  const colon = line.indexOf(': ');
  return [line.slice(0, colon), line.slice(colon + 2)];
}
