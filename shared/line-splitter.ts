/** Receives a line, decoded and without its ending; `replacedBytes`: bytes that were not UTF-8 became U+FFFD. */
export type OnLine = (line: string, replacedBytes: boolean) => void;

/**
 * IRCv3 allows a line 8,191 bytes of tags and 512 for the rest: whoever sends seven times that without an ending is not
 * sending chat (https://ircv3.net/specs/extensions/message-tags#size-limit).
 */
export const MAX_CARRIED_BYTES = 64 * 1024;

const LINE_FEED = 0x0a;
const REPLACEMENT = '\uFFFD';
// Despite its name, `ignoreBOM` keeps a byte order mark: it is part of the line.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Turns the bytes of one connection, in frames that may end anywhere, into lines.
 *
 * A line ends at LF; one CR before it is dropped. The rest of a frame is carried over to the next one in a buffer of
 * fixed size, so that neither a byte a frame nor a frame that the caller reuses can cost time, memory or text.
 */
export class LineSplitter {
  readonly #carried = new Uint8Array(MAX_CARRIED_BYTES);
  #carriedLength = 0;

  /**
   * Calls `onLine` for every line that ends in this frame.
   *
   * @returns `line_too_long` when more than `MAX_CARRIED_BYTES` without an ending are left over. The lines before them
   * were delivered, but the place in the stream is lost: the connection must end, and this splitter with it.
   */
  push(frame: Uint8Array, onLine: OnLine): 'ok' | 'line_too_long' {
    const restStart = frame.lastIndexOf(LINE_FEED) + 1;
    if (restStart > 0) emitLines(this.#takeCarried(frame.subarray(0, restStart)), onLine);
    return this.#carry(frame.subarray(restStart));
  }

  #takeCarried(ending: Uint8Array): Uint8Array {
    if (this.#carriedLength === 0) return ending;
    const whole = new Uint8Array(this.#carriedLength + ending.length);
    whole.set(this.#carried.subarray(0, this.#carriedLength));
    whole.set(ending, this.#carriedLength);
    this.#carriedLength = 0;
    return whole;
  }

  #carry(rest: Uint8Array): 'ok' | 'line_too_long' {
    if (this.#carriedLength + rest.length > MAX_CARRIED_BYTES) return 'line_too_long';
    this.#carried.set(rest, this.#carriedLength);
    this.#carriedLength += rest.length;
    return 'ok';
  }
}

/** `block` ends in LF. It is decoded once, unless a U+FFFD in it raises the question which lines were damaged. */
function emitLines(block: Uint8Array, onLine: OnLine): void {
  const text = decoder.decode(block);
  if (text.includes(REPLACEMENT)) return emitSuspectLines(block, onLine);
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    end = text.indexOf('\n', start);
    onLine(withoutCarriageReturn(text.slice(start, end)), false);
  }
}

function emitSuspectLines(block: Uint8Array, onLine: OnLine): void {
  for (let start = 0, end = 0; start < block.length; start = end + 1) {
    end = block.indexOf(LINE_FEED, start);
    const bytes = block.subarray(start, end);
    const text = decoder.decode(bytes);
    onLine(withoutCarriageReturn(text), text.includes(REPLACEMENT) && !areBytesOf(text, bytes));
  }
}

/**
 * A sender may write U+FFFD itself; then, and only then, the text encodes to the bytes that it came from. It never
 * encodes to fewer: one U+FFFD is three bytes, and stands for at most three.
 */
function areBytesOf(text: string, bytes: Uint8Array): boolean {
  return encoder.encode(text).every((byte, index) => byte === bytes[index]);
}

function withoutCarriageReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
