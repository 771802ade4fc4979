import { listed, note, shown, type Anomalies } from './anomalies.ts';
import { readBadges, readStanding, type Role } from './badges.ts';
import { channelLogin } from './channel-login.ts';
import { readPayload, type Payload } from './payload.ts';
import { ENVELOPE_NAMESPACE, isMessageId, traceIdOf, uuidV5 } from './stable-id.ts';
import { readText } from './tag-values.ts';
import { parseSource, type Message } from './tmi-parser.ts';

/** A line of chat as it came: what an envelope is made from. */
export type ChatLine = {
  readonly message: Message;
  /** The raw line: decoded, without its ending. */
  readonly line: string;
  /** Bytes that were not UTF-8 were replaced by U+FFFD. */
  readonly replacedBytes: boolean;
  /** When the bridge received it, milliseconds since 1970, up to the end of the year 9999. */
  readonly receivedAt: number;
};

/** Envelope v1: one chat message as it travels on the bus. Every member is explained in docs/envelope.md. */
export type Envelope = {
  readonly v: '1';
  readonly id: string;
  readonly correlationId: string;
  readonly traceId: string;
  readonly timestamp: string;
  readonly type: 'external.chat.message.v1';
  readonly source: Source;
  readonly user: User;
  readonly routingSlip: readonly [];
  readonly finalizationDestination: string;
  readonly payload: Payload;
};

/** The parts of an envelope that follow from its id. */
export type Identity = Pick<Envelope, 'id' | 'correlationId' | 'traceId' | 'type'>;

export type Source = { readonly platform: 'twitch'; readonly channel: string; readonly channelId: string };

export type User = {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly profileImageUrl: '';
  readonly role: Role;
};

/** Only a message that was said in a channel becomes an envelope. */
export function isChatMessage({ command, params }: Message): boolean {
  return command === 'PRIVMSG' && params[0]?.startsWith('#') === true;
}

/**
 * The envelope of a chat message ({@link isChatMessage}). Pure: the same line gives the same envelope, save for
 * `timestamp`. Nothing in a message makes it throw; what cannot be read is left empty and named in
 * `payload.anomalies`.
 *
 * @param finalizationDestination the subject of the message's last stop
 */
export function toEnvelope(chatLine: ChatLine, finalizationDestination: string): Envelope {
  const { message, receivedAt, replacedBytes } = chatLine;
  const anomalies: Anomalies = [];
  if (replacedBytes) note(anomalies, 'utf8', 'bytes that are not UTF-8 were replaced by U+FFFD');
  const timestamp = new Date(receivedAt).toISOString();
  const id = readId(chatLine, timestamp, anomalies);
  const source = readSource(message, anomalies);
  const { tags } = message;
  const standing = readStanding(tags, readBadges(tags, 'badges', anomalies), anomalies);
  const user = readUser(message, standing.role, anomalies);
  const payload = readPayload(message, id, standing, anomalies);
  const { correlationId, traceId, type } = identityOf(id);
  return {
    v: '1',
    id,
    correlationId,
    traceId,
    timestamp,
    type,
    source,
    user,
    routingSlip: [],
    finalizationDestination,
    payload: { ...payload, ...rawParts(chatLine, anomalies) },
  };
}

/**
 * Twitch's id, or one made from the line. With neither `id` nor `tmi-sent-ts`, somebody who says the same thing
 * twice sends the same line twice, and the second would be taken for a repeat: only then is the time of receipt part of
 * the name. A line feed joins them, since no line contains one.
 */
function readId({ message, line }: ChatLine, timestamp: string, anomalies: Anomalies): string {
  const id = readText(message.tags, 'id');
  if (isMessageId(id)) return id;
  note(anomalies, 'id', id === '' ? 'is missing' : `"${shown(id)}" is not a message id`);
  return uuidV5(isNamedByReceipt(message) ? `${line}\n${timestamp}` : line, ENVELOPE_NAMESPACE);
}

/** The id of the envelope that {@link toEnvelope} makes of the line. */
export function idOf(chatLine: ChatLine): string {
  const id = readText(chatLine.message.tags, 'id');
  return isMessageId(id) ? id : readId(chatLine, new Date(chatLine.receivedAt).toISOString(), []);
}

export function identityOf(id: string): Identity {
  return { id, correlationId: id, traceId: traceIdOf(id), type: 'external.chat.message.v1' };
}

/** The login of the channel in which a chat message was said; "" if it names none. */
export function channelOf({ params }: Message): string {
  return channelLogin(params[0] ?? '');
}

/** Only the time of receipt tells this message from one that reads the same. */
export function isNamedByReceipt({ tags }: Message): boolean {
  return !isMessageId(readText(tags, 'id')) && readText(tags, 'tmi-sent-ts') === '';
}

export function readSource(message: Message, anomalies: Anomalies): Source {
  const channel = channelOf(message);
  if (channel === '') note(anomalies, 'target', 'names no channel');
  return { platform: 'twitch', channel, channelId: readText(message.tags, 'room-id') };
}

function readUser({ source, tags }: Message, role: Role, anomalies: Anomalies): User {
  const name = parseSource(source).nick;
  if (source === '') note(anomalies, 'source', 'is missing');
  else if (name === '') note(anomalies, 'source', `"${shown(source)}" names no user`);
  return {
    id: readText(tags, 'user-id'),
    name,
    displayName: readText(tags, 'display-name') || name,
    profileImageUrl: '',
    role,
  };
}

/** Object.fromEntries defines own properties: a tag named `__proto__` is listed like any other and changes nothing. */
function rawParts({ message, line }: ChatLine, anomalies: Anomalies): Pick<Payload, 'raw' | 'anomalies'> {
  const tags = Object.fromEntries(message.tags);
  if (anomalies.length === 0) return { raw: { tags } };
  return { raw: { tags, line }, anomalies: listed(anomalies) };
}
