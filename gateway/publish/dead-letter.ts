import type { Envelope } from '../../shared/envelope.ts';
import type { BusMessage } from '../bus/bus.ts';
import type { Rejection } from './queue-options.ts';

/** A dead letter, read back. */
export type DeadLetter = {
  /** `reason`, `error`, `failedAt`, `attempts`. */
  readonly about: Readonly<Record<string, unknown>>;
  readonly envelope: Envelope;
  /** The envelope as it was published, byte for byte; undefined: the letter was truncated. */
  readonly body: Uint8Array | undefined;
};

const ENVELOPE = ',"envelope":';

/**
 * `{ reason, error, failedAt, attempts, envelope }`, the envelope byte for byte as it was refused.
 *
 * De-duplication is per stream, over all its subjects: under the message's own id (`tw:`), a later redrive would be
 * taken for a repeat. Hence `dl:`.
 *
 * @param failedAt milliseconds since 1970
 */
export function toDeadLetter(
  { queued, reason, error, attempts }: Rejection,
  subject: string,
  failedAt: number,
): BusMessage {
  const { message } = queued;
  const messageId = message.messageId.replace(/^tw:/, 'dl:');
  const about = JSON.stringify({ reason, error, failedAt: new Date(failedAt).toISOString(), attempts });
  const body = Buffer.concat([Buffer.from(about.slice(0, -1) + ENVELOPE), message.body, Buffer.from('}')]);
  const headers = { ...message.headers, 'Nats-Msg-Id': messageId, type: 'internal.deadletter.v1' };
  return { messageId, subject, headers, body };
}

/**
 * The same letter for a bus that finds it too large: of the envelope only what says whose message it was; undefined:
 * it is not a letter.
 */
export function truncated(letter: BusMessage): BusMessage | undefined {
  const read = readDeadLetter(letter.body);
  if (!read) return undefined;
  const { v, id, correlationId, traceId, source, user } = read.envelope;
  const envelope = { v, id, correlationId, traceId, source, user };
  return { ...letter, body: Buffer.from(JSON.stringify({ ...read.about, truncated: true, envelope })) };
}

/**
 * Reads a letter that {@link toDeadLetter} or {@link truncated} made; undefined: it is not one, or its envelope lacks
 * what its headers are made of.
 */
export function readDeadLetter(body: Uint8Array): DeadLetter | undefined {
  const letter = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  try {
    const { envelope: _, ...about } = JSON.parse(letter.toString()) as Record<string, unknown>;
    const bytes = letter.subarray(letter.indexOf(ENVELOPE) + ENVELOPE.length, letter.lastIndexOf('}'));
    const envelope = JSON.parse(bytes.toString()) as Envelope;
    const isCut = about['truncated'] === true;
    const { id, correlationId, traceId, type } = envelope;
    const named = [id, correlationId, traceId, ...(isCut ? [] : [type])];
    if (!named.every((name) => typeof name === 'string')) return undefined;
    return { about, envelope, body: isCut ? undefined : bytes };
  } catch {
    return undefined;
  }
}
