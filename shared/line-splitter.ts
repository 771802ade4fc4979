import { isUtf8 } from 'node:buffer';

/**
 * Receives a line: where it is in a block of bytes, without its ending. The block is lent: it holds the line only during
 * the call.
 *
 * @param isText false: some of its bytes are not UTF-8
 */
export type OnLine = (block: Buffer, start: number, end: number, isText: boolean) => void;

/** For callers that want text. @param onText `replacedBytes`: bytes that are not UTF-8 became U+FFFD */
export function asText(onText: (line: string, replacedBytes: boolean) => void): OnLine {
  return (block, start, end, isText) => onText(block.toString('utf8', start, end), !isText);
}

/**
 * IRCv3 allows a line 8,191 bytes of tags and 512 for the rest: seven times that without an ending is not chat
 * (https://ircv3.net/specs/extensions/message-tags#size-limit).
 */
export const MAX_CARRIED_BYTES = 64 * 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Turns the bytes of one connection, in frames that may end anywhere, into lines.
 *
 * A line ends at LF; one CR before it is dropped. The rest of a frame is carried over to the next one in a buffer of
 * fixed size, so neither one-byte frames nor a frame that the caller reuses can cost time, memory or text.
 */
export class LineSplitter {
  readonly #carried = new Uint8Array(MAX_CARRIED_BYTES);
  #carriedLength = 0;

  /**
   * Calls `onLine` for every line that ends in this frame.
   *
   * @returns `line_too_long` if more than `MAX_CARRIED_BYTES` without an ending are left over. The lines before them were
   * delivered, but the place in the stream is lost: the connection must end, and this splitter with it.
   */
  push(frame: Uint8Array, onLine: OnLine): 'ok' | 'line_too_long' {
    const restStart = frame.lastIndexOf(LINE_FEED) + 1;
    if (restStart > 0) emitLines(this.#takeCarried(frame.subarray(0, restStart)), onLine);
    return this.#carry(frame.subarray(restStart));
  }

  #takeCarried(ending: Uint8Array): Buffer {
    if (this.#carriedLength === 0) return Buffer.from(ending.buffer, ending.byteOffset, ending.length);
    const whole = Buffer.concat([this.#carried.subarray(0, this.#carriedLength), ending]);
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

/** `block` ends in LF. It is checked as a whole: few blocks hold anything that is not UTF-8. */
function emitLines(block: Buffer, onLine: OnLine): void {
  const isSound = isUtf8(block);
  for (let start = 0, next = 0; start < block.length; start = next) {
    next = block.indexOf(LINE_FEED, start) + 1;
    const end = block[next - 2] === CARRIAGE_RETURN && next - 1 > start ? next - 2 : next - 1;
    onLine(block, start, end, isSound || isUtf8(block.subarray(start, end)));
  }
}
