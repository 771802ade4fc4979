import { envelopeHeaderText } from '../envelope-headers.ts';
import { identityOf } from '../envelope.ts';
import type { EncodedEnvelope } from '../heard-line.ts';
import { isoTimes } from '../iso-times.ts';
import { JsonBytes } from './json-bytes.ts';
import type { PlainParts } from './plain-parts.ts';
import { remembered } from '../remembered.ts';
import { writeEmotes, writeOptional } from './plain-extras.ts';
import { placeOf } from './tag-places.ts';

const [ROOM_ID, USER_ID] = [placeOf('room-id'), placeOf('user-id')];
const [DISPLAY_NAME, COLOR] = [placeOf('display-name'), placeOf('color')];

const SOME_ID = '01234567-89ab-4cde-8f01-23456789abcd';
const SOME_TIME = '2026-01-01T00:00:00.000Z';
const some = identityOf(SOME_ID);
const HEADERS = envelopeHeaderText(some);
const UP_TO_CHANNEL =
  `${HEADERS}{"v":"1","id":"${some.id}","correlationId":"${some.correlationId}","traceId":"${some.traceId}",` +
  `"timestamp":"${SOME_TIME}","type":"${some.type}","source":{"platform":"twitch","channel":"`;

/** Headers and envelope of some message, up to its channel; those of any other message differ only in these places. */
const START = Buffer.from(UP_TO_CHANNEL);
const IDS = placesIn(UP_TO_CHANNEL, SOME_ID);
const TRACE_IDS = placesIn(UP_TO_CHANNEL, some.traceId);
const SPAN_ID = HEADERS.indexOf(some.traceId) + some.traceId.length + 1;
const TIME = UP_TO_CHANNEL.indexOf(SOME_TIME);

const CHANNEL_ID = Buffer.from('","channelId":"');
const USER = Buffer.from('"},"user":{"id":"');
const NAME = Buffer.from('","name":"');
const DISPLAYED = Buffer.from('","displayName":"');
const ROLE = Buffer.from('","profileImageUrl":"","role":"');
const MESSAGE_ID = Buffer.from('","messageId":"');
const SENT_AT = Buffer.from('","sentAt":"');
const IS_ACTION = Buffer.from('","isAction":');
const IS_MOD = Buffer.from(',"isMod":');
const IS_SUBSCRIBER = Buffer.from(',"isSubscriber":');
const IS_FIRST = Buffer.from(',"isFirstMessage":');
const IS_RETURNING = Buffer.from(',"isReturningChatter":');
const COLORED = Buffer.from(',"color":"');
const BADGES = Buffer.from('","badges":');
const VERSIONS = Buffer.from(',"badgeVersions":');
const INFO = Buffer.from(',"badgeInfo":');
const BITS = Buffer.from(',"bits":');
const EMOTES = Buffer.from(',"emotes":');
const COMMA = Buffer.from(',');
const TAGS = Buffer.from('"raw":{"tags":{"');
const END = Buffer.from('"}}}}');
const [TRUE, FALSE] = [Buffer.from('true'), Buffer.from('false')];

const upToText = remembered(
  (destination) =>
    Buffer.from(
      `"},"routingSlip":[],"finalizationDestination":${JSON.stringify(destination)},"payload":{"text":"`,
    ),
  16,
);
const receiptTime = isoTimes();
const sentTime = isoTimes();

/** The size of what is the same in every envelope, with room to spare. */
const FRAME_BYTES = 4096;
/**
 * No part of a line except its id, which is short, is in the envelope more than three times (a badge list: as ids, as
 * versions and as it came), and none of its bytes becomes more than six.
 */
const GROWTH = 3 * 6;

/** The size of an emote, without its name: its id, which is repeated with each range, has at most 128 characters. */
const EMOTE_BYTES = 128 * 6 + 64;

const json = new JsonBytes();

/**
 * `JSON.stringify(toEnvelope(…))` of a plain line, to the byte, and the headers of its message.
 *
 * @returns undefined for a line that swells more than expected
 */
export function encodePlain(parts: PlainParts, finalizationDestination: string): EncodedEnvelope | undefined {
  const destination = upToText(finalizationDestination);
  json.begin(START, destination.length + mostBytesOf(parts));
  writeIdentity(parts);
  writePeople(parts);
  json.piece(destination);
  json.string(parts.bytes, parts.textStart, parts.textEnd);
  writeFacts(parts);
  writeEmotes(json, parts);
  json.piece(COMMA);
  writeOptional(json, parts);
  json.piece(TAGS);
  json.tags(parts.bytes, parts.start + 1, parts.tagsEnd);
  json.piece(END);
  const bytes = json.take();
  return bytes && { bytes, bodyStart: HEADERS.length };
}

function mostBytesOf({ start, end, emotes, emotesJson = '' }: PlainParts): number {
  return FRAME_BYTES + (end - start) * GROWTH + emotes.count * EMOTE_BYTES + emotesJson.length * 3;
}

/** Hyphens come after 8, 12, 16 and 20 digits. */
function writeIdentity({ bytes, idStart: at, receivedAt }: PlainParts): void {
  for (const place of IDS) json.copyAt(place, bytes, at, at + 36);
  for (const place of TRACE_IDS) {
    json.copyAt(place, bytes, at, at + 8);
    json.copyAt(place + 8, bytes, at + 9, at + 13);
    json.copyAt(place + 12, bytes, at + 14, at + 18);
    json.copyAt(place + 16, bytes, at + 19, at + 23);
    json.copyAt(place + 20, bytes, at + 24, at + 36);
  }
  json.copyAt(SPAN_ID, bytes, at, at + 8);
  json.copyAt(SPAN_ID + 8, bytes, at + 9, at + 13);
  json.copyAt(SPAN_ID + 12, bytes, at + 14, at + 18);
  json.asciiAt(TIME, receiptTime(receivedAt));
}

function writePeople(parts: PlainParts): void {
  const { bytes, nickStart, nickEnd } = parts;
  json.copy(bytes, parts.channelStart, parts.channelEnd);
  json.piece(CHANNEL_ID);
  parts.writeTag(json, ROOM_ID);
  json.piece(USER);
  parts.writeTag(json, USER_ID);
  json.piece(NAME);
  json.copy(bytes, nickStart, nickEnd);
  json.piece(DISPLAYED);
  if (parts.has(DISPLAY_NAME)) parts.writeTag(json, DISPLAY_NAME);
  else json.copy(bytes, nickStart, nickEnd);
  json.piece(ROLE);
  json.ascii(parts.standing.role);
}

function writeFacts(parts: PlainParts): void {
  json.piece(MESSAGE_ID);
  json.copy(parts.bytes, parts.idStart, parts.idStart + 36);
  json.piece(SENT_AT);
  if (parts.saidAt !== undefined) json.ascii(sentTime(parts.saidAt));
  writeFlag(IS_ACTION, parts.isAction);
  writeFlag(IS_MOD, parts.standing.isMod);
  writeFlag(IS_SUBSCRIBER, parts.standing.isSubscriber);
  writeFlag(IS_FIRST, parts.isFirstMessage);
  writeFlag(IS_RETURNING, parts.isReturningChatter);
  json.piece(COLORED);
  parts.writeTag(json, COLOR);
  json.piece(BADGES);
  json.piece(parts.badges.setIds);
  json.piece(VERSIONS);
  json.piece(parts.badges.versions);
  json.piece(INFO);
  json.piece(parts.badgeInfo.versions);
  json.piece(BITS);
  json.ascii(String(parts.bits));
  json.piece(EMOTES);
}

function writeFlag(name: Uint8Array, isSet: boolean): void {
  json.piece(name);
  json.piece(isSet ? TRUE : FALSE);
}

function placesIn(text: string, wanted: string): readonly number[] {
  return Array.from(text.matchAll(new RegExp(wanted, 'g')), ({ index }) => index);
}
