/** A UUID is four words of 32 bits. */
const WORDS = 4;

/** Digit by character code; −1: not a digit. Lower case, as in the canonical form. */
const DIGITS = Int8Array.from({ length: 128 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code)),
);

/** The UUID that was read last: whoever reads one is done with it before the next. */
const wanted = new Int32Array(WORDS);
let lastRead = '';
let isWantedRead = false;

/**
 * A set of UUIDs in canonical form, lower case with hyphens: 16 bytes each, in one table that is half empty. A Set takes
 * ten times that, and each text in it is one more thing for the garbage collector to visit and move.
 */
export class UuidSet {
  /** Open addressing with linear probing; a slot of zeros is empty. */
  #table = new Int32Array(WORDS * 64);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Also false for anything that is not a UUID, and for the one of all zeros. */
  has(text: string): boolean {
    return read(text) && !isEmpty(this.#table, slotFor(this.#table));
  }

  /** @returns false: it is not a UUID, or the one of all zeros, and was not added */
  add(text: string): boolean {
    if (!read(text)) return false;
    const slot = slotFor(this.#table);
    if (!isEmpty(this.#table, slot)) return true;
    this.#table.set(wanted, slot);
    this.#size += 1;
    if (this.#size * WORDS * 2 > this.#table.length) this.#grow();
    return true;
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Int32Array(old.length * 2);
    lastRead = '';
    isWantedRead = false;
    for (let slot = 0; slot < old.length; slot += WORDS) {
      if (isEmpty(old, slot)) continue;
      wanted.set(old.subarray(slot, slot + WORDS));
      this.#table.set(wanted, slotFor(this.#table));
    }
  }
}

/** Where the wanted UUID is, or would be. */
function slotFor(table: Int32Array): number {
  const last = table.length - 1;
  let slot = (mixed() * WORDS) & last;
  while (!isEmpty(table, slot) && !isWanted(table, slot)) slot = (slot + WORDS) & last;
  return slot;
}

function isEmpty(table: Int32Array, slot: number): boolean {
  return table[slot] === 0 && table[slot + 1] === 0 && table[slot + 2] === 0 && table[slot + 3] === 0;
}

function isWanted(table: Int32Array, slot: number): boolean {
  return (
    table[slot] === wanted[0] &&
    table[slot + 1] === wanted[1] &&
    table[slot + 2] === wanted[2] &&
    table[slot + 3] === wanted[3]
  );
}

/** Ids that differ in a few digits must not end up side by side. The constants and the end are those of MurmurHash3. */
function mixed(): number {
  let hash = 0;
  for (let index = 0; index < WORDS; index += 1) {
    hash = Math.imul(hash ^ Math.imul(wanted[index] ?? 0, 0xcc9e2d51), 0x1b873593);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Sets `wanted`; false: the text is not a canonical UUID, or all zeros. An id that was looked for is often added next. */
function read(text: string): boolean {
  if (text !== lastRead) {
    isWantedRead = readAnew(text);
    lastRead = text;
  }
  return isWantedRead;
}

function readAnew(text: string): boolean {
  if (text.length !== 36 || text[8] !== '-' || text[13] !== '-' || text[18] !== '-' || text[23] !== '-')
    return false;
  const [a, b, c, d] = [fourDigits(text, 0), fourDigits(text, 4), fourDigits(text, 9), fourDigits(text, 14)];
  const [e, f, g, h] = [
    fourDigits(text, 19),
    fourDigits(text, 24),
    fourDigits(text, 28),
    fourDigits(text, 32),
  ];
  if ((a | b | c | d | e | f | g | h) <= 0) return false;
  wanted[0] = (a << 16) | b;
  wanted[1] = (c << 16) | d;
  wanted[2] = (e << 16) | f;
  wanted[3] = (g << 16) | h;
  return true;
}

/** Below 0: not all of them are digits. */
function fourDigits(text: string, at: number): number {
  return (
    (digit(text, at) << 12) | (digit(text, at + 1) << 8) | (digit(text, at + 2) << 4) | digit(text, at + 3)
  );
}

function digit(text: string, at: number): number {
  return DIGITS[text.charCodeAt(at)] ?? -1;
}
