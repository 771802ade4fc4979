import type { EmotePlaces } from './emote-places.ts';
import type { JsonBytes } from './json-bytes.ts';
import type { PlainParts } from './plain-parts.ts';
import { placeOf, type TagName } from './tag-places.ts';

/** What most messages lack, written from a plain line; `payload.ts` and `emotes.ts` say what it is. */

const EMOTE = Buffer.from('{"id":"');
const NEXT_EMOTE = Buffer.from(',{"id":"');
const EMOTE_NAME = Buffer.from('","name":"');
const EMOTE_START = Buffer.from('","start":');
const EMOTE_END = Buffer.from(',"end":');
const [OPEN, CLOSE, CLOSE_BRACE] = [Buffer.from('['), Buffer.from(']'), Buffer.from('}')];

/** Members of an object, and the tags that hold their values. */
const REPLY = membersOf([
  ['"reply":{"messageId":"', 'reply-parent-msg-id'],
  ['","userId":"', 'reply-parent-user-id'],
  ['","userName":"', 'reply-parent-user-login'],
  ['","displayName":"', 'reply-parent-display-name'],
  ['","text":"', 'reply-parent-msg-body'],
  ['","threadMessageId":"', 'reply-thread-parent-msg-id'],
  ['","threadUserName":"', 'reply-thread-parent-user-login'],
]);
const SHARED_CHAT = membersOf([
  ['"sharedChat":{"channelId":"', 'source-room-id'],
  ['","messageId":"', 'source-id'],
]);
const REWARD = membersOf([['"rewardId":"', 'custom-reward-id']]);
const NOTICE = membersOf([['"noticeId":"', 'msg-id']]);
const IN_ITS_ORIGIN = Buffer.from('","isOrigin":true,"badges":');
const COPIED = Buffer.from('","isOrigin":false,"badges":');
const END_OF_TEXT = Buffer.from('",');
const END_OF_REPLY = Buffer.from('"},');
const END_OF_SHARED_CHAT = Buffer.from('},');

const [REPLY_ID, ROOM_ID, SOURCE_ROOM_ID] = [
  placeOf('reply-parent-msg-id'),
  placeOf('room-id'),
  placeOf('source-room-id'),
];
const [REWARD_ID, NOTICE_ID] = [placeOf('custom-reward-id'), placeOf('msg-id')];

/** Each followed by a comma. */
export function writeOptional(json: JsonBytes, parts: PlainParts): void {
  if (parts.has(REPLY_ID)) writeMembers(json, parts, REPLY, END_OF_REPLY);
  if (parts.has(SOURCE_ROOM_ID)) writeSharedChat(json, parts);
  if (parts.has(REWARD_ID)) writeMembers(json, parts, REWARD, END_OF_TEXT);
  if (parts.has(NOTICE_ID)) writeMembers(json, parts, NOTICE, END_OF_TEXT);
}

export function writeEmotes(json: JsonBytes, { bytes, emotes, emotesJson, textStart }: PlainParts): void {
  if (emotesJson !== undefined) return json.text(emotesJson);
  json.piece(OPEN);
  for (let place = 0; place < emotes.count; place += 1) {
    json.piece(place === 0 ? EMOTE : NEXT_EMOTE);
    writeEmote(json, bytes, emotes, place, textStart);
  }
  json.piece(CLOSE);
}

function writeEmote(
  json: JsonBytes,
  bytes: Uint8Array,
  emotes: EmotePlaces,
  place: number,
  textStart: number,
): void {
  const first = emotes.firsts[place] ?? 0;
  const end = (emotes.lasts[place] ?? 0) + 1;
  json.string(bytes, emotes.idStarts[place] ?? 0, emotes.idEnds[place] ?? 0);
  json.piece(EMOTE_NAME);
  json.string(bytes, textStart + first, textStart + end);
  json.piece(EMOTE_START);
  json.ascii(String(first));
  json.piece(EMOTE_END);
  json.ascii(String(end));
  json.piece(CLOSE_BRACE);
}

function writeSharedChat(json: JsonBytes, parts: PlainParts): void {
  const isOrigin = parts.text(SOURCE_ROOM_ID) === parts.text(ROOM_ID);
  writeMembers(json, parts, SHARED_CHAT, isOrigin ? IN_ITS_ORIGIN : COPIED);
  json.piece(parts.sourceBadges.setIds);
  json.piece(END_OF_SHARED_CHAT);
}

type Members = readonly { readonly name: Uint8Array; readonly place: number }[];

function membersOf(members: readonly (readonly [name: string, tag: TagName])[]): Members {
  return members.map(([name, tag]) => ({ name: Buffer.from(name), place: placeOf(tag) }));
}

function writeMembers(json: JsonBytes, parts: PlainParts, members: Members, end: Uint8Array): void {
  for (const { name, place } of members) {
    json.piece(name);
    parts.writeTag(json, place);
  }
  json.piece(end);
}
