import type { Anomalies } from './anomalies.ts';
import * as ascii from './ascii-bytes.ts';
import { badgeTexts, type BadgeTexts } from './badge-texts.ts';
import { standingOf, type Standing } from './badges.ts';
import { parseEmotes } from './emotes.ts';
import { OPTIONAL_TAGS, readOptional } from './payload.ts';
import { placeOf, TagPlaces } from './tag-places.ts';
import { isTimestamp } from './tag-values.ts';
import { parseMessage, unescapeValue, type Message } from './tmi-parser.ts';

const SPACE = 0x20;
const BANG = 0x21;
const ZERO = 0x30;
const COLON = 0x3a;
const AT = 0x40;
const CTCP_DELIMITER = 0x01;
const PRIVMSG = Buffer.from(' PRIVMSG #');

/** A longer line is no chat of Twitch's. */
const MAX_BYTES = 8192;

const [MOD, VIP, SUBSCRIBER] = [placeOf('mod'), placeOf('vip'), placeOf('subscriber')];
const [FIRST_MSG, RETURNING_CHATTER] = [placeOf('first-msg'), placeOf('returning-chatter')];
const [BADGES, BADGE_INFO, EMOTES] = [placeOf('badges'), placeOf('badge-info'), placeOf('emotes')];
const [ID, BITS, COLOR, SENT_AT] = [placeOf('id'), placeOf('bits'), placeOf('color'), placeOf('tmi-sent-ts')];
/** A tag that is not known makes a line that is not plain. */
const OPTIONAL = OPTIONAL_TAGS.map(placeOf).filter((place) => place >= 0);

const NO_BYTES = Buffer.alloc(0);
const NO_BADGES = badgeTexts('');

/** Where the parts of a plain line of chat lie, and what of them had to be read: see `PlainLine`. */
export class PlainParts {
  bytes: Buffer = NO_BYTES;
  start = 0;
  end = 0;
  receivedAt = 0;
  readonly tags = new TagPlaces();
  nickStart = 0;
  nickEnd = 0;
  channelStart = 0;
  channelEnd = 0;
  /** Up to the end of the line. */
  textStart = 0;
  saidAt: number | undefined;
  standing: Standing = standingOf(NO_BADGES.badges, false, false, false);
  isFirstMessage = false;
  isReturningChatter = false;
  bits = 0;
  badges: BadgeTexts = NO_BADGES;
  badgeInfo: BadgeTexts = NO_BADGES;
  /** JSON. */
  emotes = '';
  /** The members that most messages do not have, as JSON with a comma behind it; "": none. */
  optional = '';

  /**
   * Takes in the line between two positions, without its ending.
   *
   * @param bytes UTF-8
   * @param receivedAt milliseconds since 1970
   * @returns false: it is not plain, and what stands here means nothing until the next call
   */
  read(bytes: Buffer, start: number, end: number, receivedAt: number): boolean {
    if (bytes[start] !== AT || end - start > MAX_BYTES) return false;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.receivedAt = receivedAt;
    return this.#findParts() && this.#readNumbers() && this.#readStanding() && this.#readLists();
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

  /** `@tags :nick!user@host PRIVMSG #channel :text`, with single spaces; a `/me` is not plain. */
  #findParts(): boolean {
    const { bytes, end } = this;
    const tagsEnd = this.tags.read(bytes, this.start + 1, end);
    if (tagsEnd < 0 || bytes[tagsEnd + 1] !== COLON) return false;
    this.nickStart = tagsEnd + 2;
    this.nickEnd = ascii.find(bytes, BANG, this.nickStart, end);
    if (!ascii.isLogin(bytes, this.nickStart, this.nickEnd)) return false;
    const sourceEnd = ascii.find(bytes, SPACE, this.nickEnd, end);
    if (!ascii.isAt(bytes, sourceEnd, PRIVMSG)) return false;
    this.channelStart = sourceEnd + PRIVMSG.length;
    this.channelEnd = ascii.find(bytes, SPACE, this.channelStart, end);
    this.textStart = this.channelEnd + 2;
    if (!ascii.isLogin(bytes, this.channelStart, this.channelEnd) || this.textStart > end) return false;
    return bytes[this.channelEnd + 1] === COLON && bytes[this.textStart] !== CTCP_DELIMITER;
  }

  #readNumbers(): boolean {
    const { tags, bytes } = this;
    const bits = this.#number(BITS, 0);
    const sentAt = this.#number(SENT_AT, undefined);
    this.bits = bits ?? 0;
    this.saidAt = sentAt;
    const isColor = tags.length(COLOR) === 0 || ascii.isColor(bytes, tags.start(COLOR), tags.end(COLOR));
    return (
      bits !== -1 && isTimestamp(sentAt ?? 0) && isColor && ascii.isUuid(bytes, tags.start(ID), tags.end(ID))
    );
  }

  #readStanding(): boolean {
    const [mod, vip, subscriber] = [this.#flag(MOD), this.#flag(VIP), this.#flag(SUBSCRIBER)];
    const [first, returning] = [this.#flag(FIRST_MSG), this.#flag(RETURNING_CHATTER)];
    this.badges = badgeTexts(this.#text(BADGES));
    this.badgeInfo = badgeTexts(this.#text(BADGE_INFO));
    this.standing = standingOf(this.badges.badges, mod === 1, vip === 1, subscriber === 1);
    this.isFirstMessage = first === 1;
    this.isReturningChatter = returning === 1;
    const areFlags = (mod | vip | subscriber | first | returning) >= 0;
    return areFlags && this.badges.isSound && this.badgeInfo.isSound;
  }

  #readLists(): boolean {
    const anomalies: Anomalies = [];
    this.emotes = '[]';
    this.optional = '';
    if (this.tags.length(EMOTES) > 0) {
      const text = this.bytes.toString('utf8', this.textStart, this.end);
      this.emotes = JSON.stringify(parseEmotes(this.#text(EMOTES), text, anomalies));
    }
    if (this.#hasOptional())
      this.optional = `${JSON.stringify(readOptional(this.message.tags, anomalies)).slice(1, -1)},`;
    return anomalies.length === 0;
  }

  #hasOptional(): boolean {
    for (const place of OPTIONAL) if (this.tags.length(place) > 0) return true;
    return false;
  }

  #text(place: number): string {
    if (this.tags.length(place) === 0) return '';
    return unescapeValue(this.bytes.toString('utf8', this.tags.start(place), this.tags.end(place)));
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
