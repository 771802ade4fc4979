/** Questions about the bytes between two positions of a larger piece. */

const ZERO = 0x30;
const NINE = 0x39;
const HASH = 0x23;
const HYPHEN = 0x2d;
/** With more digits a number may not be exact. */
const MAX_DIGITS = 15;

const LOGIN = tableOf(/[a-z0-9_]/);
const HEX = tableOf(/[0-9A-Fa-f]/);
const LOWER_HEX = tableOf(/[0-9a-f]/);

const UUID_LENGTH = 36;
const UUID_HYPHENS: ReadonlySet<number> = new Set([8, 13, 18, 23]);
/** By position in a UUID, which bytes may be there. */
const UUID = Array.from({ length: UUID_LENGTH }, (_, place) =>
  UUID_HYPHENS.has(place) ? tableOf(/-/) : LOWER_HEX,
);

/** The first position of a byte; `end` if there is none. */
export function find(bytes: Uint8Array, byte: number, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== byte) at += 1;
  return at;
}

export function isAt(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index += 1)
    if (bytes[at + index] !== wanted[index]) return false;
  return true;
}

/** As Twitch has them; "" is not one. */
export function isLogin(bytes: Uint8Array, from: number, end: number): boolean {
  return from < end && areAll(LOGIN, bytes, from, end);
}

/** `#RRGGBB` */
export function isColor(bytes: Uint8Array, from: number, end: number): boolean {
  return end - from === 7 && bytes[from] === HASH && areAll(HEX, bytes, from + 1, end);
}

/** In canonical form, with a first half that is not all zeros. */
export function isUuid(bytes: Uint8Array, from: number, end: number): boolean {
  if (end - from !== UUID_LENGTH) return false;
  let isZero = true;
  for (let place = 0; place < UUID_LENGTH; place += 1) {
    const byte = bytes[from + place] ?? 0;
    if (UUID[place]?.[byte] !== 1) return false;
    if (place < 18 && byte !== ZERO && byte !== HYPHEN) isZero = false;
  }
  return !isZero;
}

export function isAscii(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) if ((bytes[at] ?? 0) > 0x7f) return false;
  return true;
}

/** At most 15 decimal digits; −1: it is something else. */
export function number(bytes: Uint8Array, from: number, end: number): number {
  if (from === end || end - from > MAX_DIGITS) return -1;
  let value = 0;
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < ZERO || byte > NINE) return -1;
    value = value * 10 + byte - ZERO;
  }
  return value;
}

function areAll(table: Uint8Array, bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) if (table[bytes[at] ?? 0] !== 1) return false;
  return true;
}

/** By byte: 1 for those that match the pattern. */
function tableOf(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (pattern.test(String.fromCharCode(byte)) ? 1 : 0));
}
