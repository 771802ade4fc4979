import { createHash } from 'node:crypto';

/** The namespace of every UUIDv5 in an envelope. It is part of envelope v1: another one would give other ids. */
export const ENVELOPE_NAMESPACE = '4fe8f33c-5d0a-48a7-86df-d2cca56c340a';

const NO_TRACE = '0'.repeat(32);
const NIL_UUID = '00000000-0000-0000-0000-000000000000';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The name-based UUID of RFC 9562, section 5.5. */
export function uuidV5(name: string, namespace: string): string {
  const hash = createHash('sha1').update(namespace.replaceAll('-', ''), 'hex').update(name).digest('hex');
  const variant = ((Number.parseInt(hash.charAt(16), 16) & 0x3) | 0x8).toString(16);
  const groups = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `5${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ];
  return groups.join('-');
}

/** What Twitch's ids look like, with room to spare. Nothing in this alphabet can break a header or a subject. */
export function isMessageId(text: string): boolean {
  return /^[0-9A-Za-z-]{1,64}$/.test(text);
}

/** The W3C trace-id (32 lower-case hex digits, not all zero) that belongs to a message id; a UUID keeps its digits. */
export function traceIdOf(messageId: string): string {
  if (UUID.test(messageId) && messageId !== NIL_UUID) return digitsOfUuid(messageId);
  const digits = messageId.replaceAll('-', '');
  if (/^[0-9a-f]{32}$/.test(digits) && digits !== NO_TRACE) return digits;
  return uuidV5(messageId, ENVELOPE_NAMESPACE).replaceAll('-', '');
}

/** Nearly all ids are like this: the hyphens need not be searched for. */
function digitsOfUuid(id: string): string {
  return id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24);
}
