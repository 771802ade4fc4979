import { MAX_ID_LENGTH } from '../emotes.ts';
import { isAscii, number } from './ascii-bytes.ts';

const COMMA = 0x2c;
const HYPHEN = 0x2d;
const SLASH = 0x2f;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** With more of them, the line is read as text instead. */
const MAX = 64;

/**
 * Where the emotes of a message are in its bytes, in the order of its text, provided that is ASCII: then a code point,
 * which is what Twitch counts, is also a byte and a UTF-16 unit.
 */
export class EmotePlaces {
  count = 0;
  readonly idStarts = new Int32Array(MAX);
  readonly idEnds = new Int32Array(MAX);
  /** Positions in the text, both inclusive. */
  readonly firsts = new Int32Array(MAX);
  readonly lasts = new Int32Array(MAX);

  /**
   * @param from where the value of the tag `emotes` starts
   * @param textStart of the text, which goes on up to `textEnd`
   * @returns false: something is unusual, and `parseEmotes` has to say what it means
   */
  read(bytes: Uint8Array, from: number, end: number, textStart: number, textEnd: number): boolean {
    this.count = 0;
    if (!isAscii(bytes, textStart, textEnd)) return false;
    for (let at = from; at < end; at += 1) {
      const idStart = at;
      while (at < end && bytes[at] !== COLON && bytes[at] !== BACKSLASH && bytes[at] !== SLASH) at += 1;
      if (bytes[at] !== COLON || at === idStart || at - idStart > MAX_ID_LENGTH) return false;
      const idEnd = at;
      do {
        at = this.#readRange(bytes, at + 1, end, idStart, idEnd);
        if (at < 0) return false;
      } while (at < end && bytes[at] === COMMA);
    }
    return bytes[end - 1] !== SLASH && this.#areApart(textEnd - textStart);
  }

  /** `first-last`; returns where it ends, or −1. */
  #readRange(bytes: Uint8Array, from: number, end: number, idStart: number, idEnd: number): number {
    let at = from;
    while (at < end && bytes[at] !== HYPHEN) at += 1;
    const first = number(bytes, from, at);
    const lastStart = at + 1;
    for (at = lastStart; at < end && bytes[at] !== COMMA && bytes[at] !== SLASH;) at += 1;
    const last = lastStart < at ? number(bytes, lastStart, at) : -1;
    if (first < 0 || last < first || this.count === MAX) return -1;
    this.#insert(idStart, idEnd, first, last);
    return at;
  }

  /** Twitch groups them by id: most texts have just one, or have them in order. */
  #insert(idStart: number, idEnd: number, first: number, last: number): void {
    let place = this.count++;
    for (; place > 0 && (this.firsts[place - 1] ?? 0) > first; place -= 1) this.#move(place - 1, place);
    this.idStarts[place] = idStart;
    this.idEnds[place] = idEnd;
    this.firsts[place] = first;
    this.lasts[place] = last;
  }

  #move(from: number, to: number): void {
    for (const list of [this.idStarts, this.idEnds, this.firsts, this.lasts]) list[to] = list[from] ?? 0;
  }

  /** None overlaps another one, and all are within the text. */
  #areApart(textLength: number): boolean {
    let previous = -1;
    for (let place = 0; place < this.count; place += 1) {
      if ((this.firsts[place] ?? 0) <= previous) return false;
      previous = this.lasts[place] ?? 0;
    }
    return previous < textLength;
  }
}
