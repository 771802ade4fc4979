import type { Anomalies } from '../anomalies.ts';
import * as ascii from './ascii-bytes.ts';
import { badgeTexts, type BadgeTexts } from './badge-texts.ts';
import { standingOf, type Standing } from '../badges.ts';
import { EmotePlaces } from './emote-places.ts';
import { parseEmotes } from '../emotes.ts';
import type { JsonBytes } from './json-bytes.ts';
import { remembered } from '../remembered.ts';
import { placeOf, TagPlaces } from './tag-places.ts';
import { isTimestamp } from '../tag-values.ts';
import { parseMessage, unescapeValue, type Message } from '../tmi-parser.ts';

const SPACE = 0x20;
const BANG = 0x21;
const ZERO = 0x30;
const COLON = 0x3a;
const AT = 0x40;
const BACKSLASH = 0x5c;
const CTCP_DELIMITER = 0x01;
const PRIVMSG = Buffer.from(' PRIVMSG #');
const ACTION = Buffer.from('\u0001ACTION ');

/** A longer line is not Twitch chat. */
const MAX_BYTES = 8192;

const [MOD, VIP, SUBSCRIBER] = [placeOf('mod'), placeOf('vip'), placeOf('subscriber')];
const [FIRST_MSG, RETURNING_CHATTER] = [placeOf('first-msg'), placeOf('returning-chatter')];
const [BADGES, BADGE_INFO, EMOTES] = [placeOf('badges'), placeOf('badge-info'), placeOf('emotes')];
const [ID, BITS, COLOR, SENT_AT] = [placeOf('id'), placeOf('bits'), placeOf('color'), placeOf('tmi-sent-ts')];
const SOURCE_BADGES = placeOf('source-badges');

const NO_BYTES = Buffer.alloc(0);
const NO_BADGES = badgeTexts('');

/** There are few channels, and every waiting message names one. */
const channelName = remembered((name) => name, 4096);

/**
 * Where the parts of a plain line of chat are, and what had to be read of them: see `PlainLine`. The bytes of the last
 * line are held until the next one.
 */
export class PlainParts {
  bytes: Buffer = NO_BYTES;
  start = 0;
  end = 0;
  receivedAt = 0;
  readonly tags = new TagPlaces();
  tagsEnd = 0;
  nickStart = 0;
  nickEnd = 0;
  channel = '';
  channelStart = 0;
  channelEnd = 0;
  textStart = 0;
  textEnd = 0;
  isAction = false;
  saidAt: number | undefined;
  standing: Standing = standingOf(NO_BADGES.badges, false, false, false);
  isFirstMessage = false;
  isReturningChatter = false;
  bits = 0;
  badges: BadgeTexts = NO_BADGES;
  badgeInfo: BadgeTexts = NO_BADGES;
  sourceBadges: BadgeTexts = NO_BADGES;
  readonly emotes = new EmotePlaces();
  /** The emotes as JSON, if they are not plain enough for their places; undefined: the places are all there is. */
  emotesJson: string | undefined;

  /**
   * Takes in the line between two positions, without its ending.
   *
   * @param bytes UTF-8
   * @param receivedAt milliseconds since 1970
   * @returns false: it is not plain, and what is here means nothing until the next call
   */
  read(bytes: Buffer, start: number, end: number, receivedAt: number): boolean {
    if (bytes[start] !== AT || end - start > MAX_BYTES) return false;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.receivedAt = receivedAt;
    return this.#findParts() && this.#readNumbers() && this.#readStanding() && this.#readEmotes();
  }

  get line(): string {
    return this.bytes.toString('utf8', this.start, this.end);
  }

  get message(): Message {
    return parseMessage(this.line) as Message;
  }

  get idStart(): number {
    return this.tags.start(ID);
  }

  /** `@tags :nick!user@host PRIVMSG #channel :text`, with single spaces. */
  #findParts(): boolean {
    const { bytes, end } = this;
    this.tagsEnd = this.tags.read(bytes, this.start + 1, end);
    if (this.tagsEnd < 0 || bytes[this.tagsEnd + 1] !== COLON) return false;
    this.nickStart = this.tagsEnd + 2;
    this.nickEnd = ascii.find(bytes, BANG, this.nickStart, end);
    if (!ascii.isLogin(bytes, this.nickStart, this.nickEnd)) return false;
    const sourceEnd = ascii.find(bytes, SPACE, this.nickEnd, end);
    if (!ascii.isAt(bytes, sourceEnd, PRIVMSG)) return false;
    this.channelStart = sourceEnd + PRIVMSG.length;
    this.channelEnd = ascii.find(bytes, SPACE, this.channelStart, end);
    this.textStart = this.channelEnd + 2;
    if (!ascii.isLogin(bytes, this.channelStart, this.channelEnd) || this.textStart > end) return false;
    this.channel = channelName(bytes.toString('latin1', this.channelStart, this.channelEnd));
    return bytes[this.channelEnd + 1] === COLON && this.#unwrapText();
  }

  /** Takes off the wrapper of `/me`; another CTCP message is not plain. */
  #unwrapText(): boolean {
    const { bytes, end } = this;
    this.textEnd = end;
    this.isAction = this.textStart < end && bytes[this.textStart] === CTCP_DELIMITER;
    if (!this.isAction) return true;
    this.textStart += ACTION.length;
    if (bytes[end - 1] === CTCP_DELIMITER) this.textEnd -= 1;
    return this.textStart <= this.textEnd && ascii.isAt(bytes, this.textStart - ACTION.length, ACTION);
  }

  #readNumbers(): boolean {
    const { tags, bytes } = this;
    const bits = this.#number(BITS, 0);
    const sentAt = this.#number(SENT_AT, undefined);
    this.bits = bits ?? 0;
    this.saidAt = sentAt;
    const isColor = tags.length(COLOR) === 0 || ascii.isColor(bytes, tags.start(COLOR), tags.end(COLOR));
    return (
      bits !== -1 &&
      sentAt !== -1 &&
      isTimestamp(sentAt ?? 0) &&
      isColor &&
      ascii.isUuid(bytes, tags.start(ID), tags.end(ID))
    );
  }

  #readStanding(): boolean {
    const [mod, vip, subscriber] = [this.#flag(MOD), this.#flag(VIP), this.#flag(SUBSCRIBER)];
    const [first, returning] = [this.#flag(FIRST_MSG), this.#flag(RETURNING_CHATTER)];
    this.badges = badgeTexts(this.text(BADGES));
    this.badgeInfo = badgeTexts(this.text(BADGE_INFO));
    this.sourceBadges = badgeTexts(this.text(SOURCE_BADGES));
    this.standing = standingOf(this.badges.badges, mod === 1, vip === 1, subscriber === 1);
    this.isFirstMessage = first === 1;
    this.isReturningChatter = returning === 1;
    const areFlags = (mod | vip | subscriber | first | returning) >= 0;
    return areFlags && this.badges.isSound && this.badgeInfo.isSound && this.sourceBadges.isSound;
  }

  #readEmotes(): boolean {
    const { tags, bytes, emotes } = this;
    this.emotesJson = undefined;
    emotes.count = 0;
    if (tags.length(EMOTES) === 0) return true;
    if (emotes.read(bytes, tags.start(EMOTES), tags.end(EMOTES), this.textStart, this.textEnd)) return true;
    const anomalies: Anomalies = [];
    const text = bytes.toString('utf8', this.textStart, this.textEnd);
    this.emotesJson = JSON.stringify(parseEmotes(this.text(EMOTES), text, anomalies));
    return anomalies.length === 0;
  }

  /** The value of a tag; "" if it is absent. */
  text(place: number): string {
    if (this.tags.length(place) === 0) return '';
    return unescapeValue(this.bytes.toString('utf8', this.tags.start(place), this.tags.end(place)));
  }

  /** The value of a tag as it goes between the quotes of a JSON string; nothing if it is absent. */
  writeTag(json: JsonBytes, place: number): void {
    const { tags } = this;
    if (tags.length(place) > 0) json.tagValue(this.bytes, tags.start(place), tags.end(place));
  }

  /** Whether a tag has a value that means something: a lone backslash stands for nothing. */
  has(place: number): boolean {
    const length = this.tags.length(place);
    return length > 1 || (length === 1 && this.bytes[this.tags.start(place)] !== BACKSLASH);
  }

  /** −1: it is neither a number nor empty. */
  #number<T>(place: number, absent: T): number | T {
    const { tags } = this;
    return tags.length(place) === 0 ? absent : ascii.number(this.bytes, tags.start(place), tags.end(place));
  }

  /** −1: it is neither 0 nor 1 nor empty. */
  #flag(place: number): number {
    const length = this.tags.length(place);
    if (length === 0) return 0;
    const value = (this.bytes[this.tags.start(place)] ?? 0) - ZERO;
    return length === 1 && (value === 0 || value === 1) ? value : -1;
  }
}
