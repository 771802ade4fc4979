import { envelopeHeaderText } from './envelope-headers.ts';
import { channelOf, identityOf, idOf, toEnvelope, type ChatLine } from './envelope.ts';
import { parseTimestamp, readText } from './tag-values.ts';

/**
 * A line of chat on its way from a connection to the queue.
 *
 * It is lent: once the call that was given it returns, the same object may be the next line.
 */
export type HeardLine = ChatLine & {
  /** The id of its envelope. */
  readonly id: string;
  /** The login of the channel in which it was said; "" if it names none. */
  readonly channel: string;
  /** When it was said, milliseconds since 1970; undefined if Twitch did not say. */
  readonly saidAt: number | undefined;
  encode(finalizationDestination: string): EncodedEnvelope;
};

/** Headers as NATS has them on the wire, followed by the body: the envelope as JSON. */
export type EncodedEnvelope = { readonly bytes: Buffer; readonly bodyStart: number };

/** Any line of chat, through the envelope that `toEnvelope` makes of it. */
export class ParsedLine implements HeardLine {
  readonly message: ChatLine['message'];
  readonly line: string;
  readonly replacedBytes: boolean;
  readonly receivedAt: number;

  constructor({ message, line, replacedBytes, receivedAt }: ChatLine) {
    this.message = message;
    this.line = line;
    this.replacedBytes = replacedBytes;
    this.receivedAt = receivedAt;
  }

  get id(): string {
    return idOf(this);
  }

  get channel(): string {
    return channelOf(this.message);
  }

  get saidAt(): number | undefined {
    return parseTimestamp(readText(this.message.tags, 'tmi-sent-ts'));
  }

  encode(finalizationDestination: string): EncodedEnvelope {
    const envelope = toEnvelope(this, finalizationDestination);
    const headers = envelopeHeaderText(identityOf(envelope.id));
    return { bytes: Buffer.from(headers + JSON.stringify(envelope)), bodyStart: headers.length };
  }
}
