import type { Anomalies } from './anomalies.ts';
import { parseBadges, readStanding, type Badges } from './badges.ts';
import { readEmotes } from './emotes.ts';
import { readSource, readUser, toEnvelope, type ChatLine, type Identity } from './envelope.ts';
import { isoTimes } from './iso-times.ts';
import { escapedInJson, isPlainInJson } from './json-text.ts';
import { KnownTags } from './known-tags.ts';
import { OPTIONAL_TAGS, readOptional, readTrailing, unwrapAction } from './payload.ts';
import { remembered } from './remembered.ts';
import { parseTimestamp, readColor, readFlag, readNumber, readText, type Tags } from './tag-values.ts';

/** A badge list, and what of it stands in every envelope: JSON. `isSound`: all of it could be read. */
type BadgeTexts = {
  readonly badges: Badges;
  readonly isSound: boolean;
  readonly setIds: string;
  readonly versions: string;
};

/** Chatters of a busy evening wear some thousands of different lists. */
const badgeTexts = remembered(textsOfBadges, 4096);
const jsonOf = remembered((text) => JSON.stringify(text), 16);
const receiptTime = isoTimes();
const sentTime = isoTimes();

/**
 * `JSON.stringify(toEnvelope(chatLine, …))`, to the byte and in a third of the time: what `toEnvelope` reads is written
 * down at once, with no object in between. A line that is out of the ordinary is left to `toEnvelope` itself, which says
 * what an envelope is.
 *
 * @param chatLine whose message is its line, parsed
 * @param identity of the envelope
 */
export function envelopeJson(
  chatLine: ChatLine,
  identity: Identity,
  finalizationDestination: string,
): string {
  const { message, replacedBytes } = chatLine;
  const { tags } = message;
  const isOrdinary = tags instanceof KnownTags && tags.get('id') === identity.id && !replacedBytes;
  const json = isOrdinary ? ordinaryJson(chatLine, tags, identity, finalizationDestination) : undefined;
  return json ?? JSON.stringify(toEnvelope(chatLine, finalizationDestination));
}

/** undefined: something could not be read, and has to be told. */
function ordinaryJson(
  { message, line, receivedAt }: ChatLine,
  tags: KnownTags,
  { id, traceId, type }: Identity,
  finalizationDestination: string,
): string | undefined {
  const anomalies: Anomalies = [];
  const escaped = isPlainInJson(line) ? asItIs : escapedInJson;
  const worn = badgeTexts(readText(tags, 'badges'));
  const info = badgeTexts(readText(tags, 'badge-info'));
  const source = readSource(message, anomalies);
  const standing = readStanding(tags, worn.badges, anomalies);
  const user = readUser(message, standing.role, anomalies);
  const { text, isAction } = unwrapAction(readTrailing(message, anomalies));
  const sentAt = sentTimeJson(readText(tags, 'tmi-sent-ts'));
  const json =
    `{"v":"1","id":"${id}","correlationId":"${id}","traceId":"${traceId}",` +
    `"timestamp":"${receiptTime(receivedAt)}","type":"${type}",` +
    `"source":{"platform":"twitch","channel":"${escaped(source.channel)}","channelId":"${escaped(source.channelId)}"},` +
    `"user":{"id":"${escaped(user.id)}","name":"${escaped(user.name)}","displayName":"${escaped(user.displayName)}",` +
    `"profileImageUrl":"","role":"${user.role}"},"routingSlip":[],` +
    `"finalizationDestination":${jsonOf(finalizationDestination)},` +
    `"payload":{"text":"${escaped(text)}","messageId":"${id}","sentAt":${sentAt},"isAction":${isAction},` +
    `"isMod":${standing.isMod},"isSubscriber":${standing.isSubscriber},` +
    `"isFirstMessage":${readFlag(tags, 'first-msg', anomalies)},` +
    `"isReturningChatter":${readFlag(tags, 'returning-chatter', anomalies)},` +
    `"color":"${readColor(tags, 'color', anomalies)}","badges":${worn.setIds},"badgeVersions":${worn.versions},` +
    `"badgeInfo":${info.versions},"bits":${readNumber(tags, 'bits', anomalies)},` +
    `"emotes":${emotesJson(tags, text, escaped, anomalies)},${optionalJson(tags, anomalies)}` +
    `"raw":{"tags":${tags.toJson(escaped)}}}}`;
  return anomalies.length === 0 && sentAt !== undefined && worn.isSound && info.isSound ? json : undefined;
}

function asItIs(value: string): string {
  return value;
}

function textsOfBadges(value: string): BadgeTexts {
  const anomalies: Anomalies = [];
  const badges = parseBadges(value, '', anomalies);
  const setIds = JSON.stringify([...badges.keys()]);
  const versions = JSON.stringify(Object.fromEntries(badges));
  return { badges, isSound: anomalies.length === 0, setIds, versions };
}

function sentTimeJson(value: string): string | undefined {
  if (value === '') return '""';
  const ms = parseTimestamp(value);
  return ms === undefined ? undefined : `"${sentTime(ms)}"`;
}

function emotesJson(
  tags: Tags,
  text: string,
  escaped: (value: string) => string,
  anomalies: Anomalies,
): string {
  let json = '';
  for (const { id, name, start, end } of readEmotes(tags, text, anomalies)) {
    json += `,{"id":"${escaped(id)}","name":"${escaped(name)}","start":${start},"end":${end}}`;
  }
  return `[${json.slice(1)}]`;
}

function optionalJson(tags: Tags, anomalies: Anomalies): string {
  if (!OPTIONAL_TAGS.some((name) => tags.get(name))) return '';
  return `${JSON.stringify(readOptional(tags, anomalies)).slice(1, -1)},`;
}
