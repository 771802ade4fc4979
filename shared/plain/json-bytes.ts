const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;

/** By byte: 1 for what needs no escape in a JSON string, including all of UTF-8 beyond ASCII. */
const STANDS_FOR_ITSELF = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < FIRST_PRINTABLE || byte === QUOTE || byte === BACKSLASH ? 0 : 1,
);

/** By the byte after a backslash, what that means in a tag: https://ircv3.net/specs/extensions/message-tags#escaping-values */
const UNESCAPED = Uint8Array.from({ length: 256 }, (_, byte) => {
  const letter = ':srn'.indexOf(String.fromCharCode(byte));
  return letter < 0 ? byte : '; \r\n'.charCodeAt(letter);
});

/** Anything shorter is copied faster byte by byte than by a call. */
const SHORT = 48;

/** A larger buffer is not kept for the next one. */
const MAX_KEPT_BYTES = 256 * 1024;

/**
 * Where JSON is written as bytes, over and over in the same place, until it is taken. What is written past its end is
 * lost, and `take` says so: nothing here throws.
 */
export class JsonBytes {
  #out = Buffer.alloc(0);
  #at = 0;
  #capacity = 0;

  /** Starts over. @param capacity the most bytes that will be written */
  begin(start: Uint8Array, capacity: number): void {
    if (this.#out.length < capacity) this.#out = Buffer.allocUnsafeSlow(capacity);
    this.#out.set(start);
    this.#at = start.length;
    this.#capacity = capacity;
  }

  /** Bytes that are already JSON. */
  piece(bytes: Uint8Array): void {
    if (bytes.length <= SHORT) return this.copy(bytes, 0, bytes.length);
    if (this.#hasRoomFor(bytes.length)) this.#out.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Text that is already JSON, and ASCII. */
  ascii(text: string): void {
    this.asciiAt(this.#at, text);
    this.#at += text.length;
  }

  /** Text that is already JSON. */
  text(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (this.#hasRoomFor(bytes)) this.#out.write(text, this.#at);
    this.#at += bytes;
  }

  /** Part of some bytes, where nothing needs an escape. */
  copy(source: Uint8Array, from: number, to: number): void {
    this.copyAt(this.#at, source, from, to);
    this.#at += to - from;
  }

  /** Over what was written before. */
  asciiAt(at: number, text: string): void {
    const out = this.#out;
    for (let index = 0; index < text.length; index += 1) out[at + index] = text.charCodeAt(index);
  }

  copyAt(at: number, source: Uint8Array, from: number, to: number): void {
    const out = this.#out;
    for (let index = from; index < to; index += 1) out[at++] = source[index] ?? 0;
  }

  /** Part of some UTF-8, as it goes between the quotes of a JSON string. */
  string(source: Uint8Array, from: number, to: number): void {
    const out = this.#out;
    let at = this.#at;
    for (let index = from; index < to; index += 1) {
      const byte = source[index] ?? 0;
      if (STANDS_FOR_ITSELF[byte] === 1) out[at++] = byte;
      else at = this.#escapeAt(at, byte);
    }
    this.#at = at;
  }

  /** The same for the value of a tag, whose own escapes are undone; a lone backslash at its end stands for nothing. */
  tagValue(source: Uint8Array, from: number, to: number): void {
    const out = this.#out;
    let at = this.#at;
    for (let index = from; index < to; index += 1) {
      const byte = source[index] ?? 0;
      if (STANDS_FOR_ITSELF[byte] === 1) out[at++] = byte;
      else if (byte !== BACKSLASH) at = this.#escapeAt(at, byte);
      else if (index + 1 < to) at = this.#unescapedAt(at, source[++index] ?? 0);
    }
    this.#at = at;
  }

  /** Tags, `name=value;name=value`, as members of a JSON object, without the first quote and the last one. */
  tags(source: Uint8Array, from: number, to: number): void {
    const out = this.#out;
    let at = this.#at;
    let isName = true;
    for (let index = from; index < to; index += 1) {
      const byte = source[index] ?? 0;
      if (STANDS_FOR_ITSELF[byte] === 1 && byte !== SEMICOLON && (byte !== EQUALS || !isName))
        out[at++] = byte;
      else if (byte === SEMICOLON || byte === EQUALS) {
        isName = byte === SEMICOLON;
        out[at++] = QUOTE;
        out[at++] = isName ? COMMA : COLON;
        out[at++] = QUOTE;
      } else if (byte !== BACKSLASH) at = this.#escapeAt(at, byte);
      else if (index + 1 < to && source[index + 1] !== SEMICOLON)
        at = this.#unescapedAt(at, source[++index] ?? 0);
    }
    this.#at = at;
  }

  /** All that was written, as bytes that belong to whoever takes them; undefined: it was more than the capacity. */
  take(): Buffer | undefined {
    const out = this.#out;
    if (out.length > MAX_KEPT_BYTES) this.#out = Buffer.alloc(0);
    if (this.#at > this.#capacity) return undefined;
    const bytes = Buffer.allocUnsafe(this.#at);
    bytes.set(out.subarray(0, this.#at));
    return bytes;
  }

  #hasRoomFor(bytes: number): boolean {
    return this.#at + bytes <= this.#out.length;
  }

  /** What a byte after a backslash means. */
  #unescapedAt(at: number, letter: number): number {
    const byte = UNESCAPED[letter] ?? 0;
    if (STANDS_FOR_ITSELF[byte] !== 1) return this.#escapeAt(at, byte);
    this.#out[at] = byte;
    return at + 1;
  }

  /** @returns where the next byte goes */
  #escapeAt(at: number, byte: number): number {
    const escape = JSON.stringify(String.fromCharCode(byte)).slice(1, -1);
    this.asciiAt(at, escape);
    return at + escape.length;
  }
}
