import { createReadStream } from 'node:fs';
import { addAbortSignal, pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { asText, LineSplitter } from '../../shared/line-splitter.ts';
import { nameOf, type Input } from './inputs.ts';
import { errorText } from '../../shared/error-text.ts';

/** Decoded, without its ending; `replacedBytes`: bytes that were not UTF-8 became U+FFFD. */
export type Line = { readonly text: string; readonly replacedBytes: boolean };

/** An input could not be read to its end; the message names it. */
export class UnreadableInput extends Error {}

/** No line of chat, recorded or not, is longer; anything that is, is not a line. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
const LINE_FEED = 0x0a;
const TOO_LONG: Line = { text: '', replacedBytes: false };

/**
 * The lines of an input, gzipped or plain, as many at once as came together; one that is too long is given as an empty
 * one, and the last one needs no ending. Ends early when the signal aborts.
 *
 * @param onRead is told how many bytes were read from the disk
 * @throws UnreadableInput
 */
export async function* linesOf(
  input: Input,
  onRead: (bytes: number) => void,
  signal: AbortSignal,
): AsyncGenerator<readonly Line[], void> {
  try {
    const source = addAbortSignal(
      signal,
      input.path === undefined ? process.stdin : createReadStream(input.path),
    );
    yield* split(unpacked(counted(source, onRead)));
  } catch (error) {
    if (signal.aborted) return;
    throw new UnreadableInput(`${nameOf(input)}: ${errorText(error)}`);
  }
}

async function* counted(source: Readable, onRead: (bytes: number) => void): AsyncGenerator<Buffer, void> {
  for await (const chunk of source as AsyncIterable<Buffer>) {
    onRead(chunk.length);
    yield chunk;
  }
}

/** Recognised by its first two bytes: https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1 */
async function* unpacked(chunks: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await chunks.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  const whole = following(head, chunks);
  // Errors come out of the iteration.
  yield* isGzip
    ? (pipeline(Readable.from(whole), createGunzip(), () => undefined) as AsyncIterable<Buffer>)
    : whole;
}

async function* following(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  yield head;
  yield* rest;
}

async function* split(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly Line[], void> {
  const carried = new Carried();
  for await (const chunk of chunks) {
    const lines = carried.push(chunk);
    if (lines.length > 0) yield lines;
  }
  yield carried.end();
}

/** Hands whole lines to the splitter, so it has nothing to carry over. */
class Carried {
  readonly #splitter = new LineSplitter();
  #pieces: Buffer[] = [];
  #bytes = 0;

  push(chunk: Buffer): readonly Line[] {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end === 0) {
      this.#carry(chunk);
      return [];
    }
    const lines = this.#take(chunk.subarray(0, end));
    this.#carry(chunk.subarray(end));
    return lines;
  }

  end(): readonly Line[] {
    return this.#bytes === 0 ? [] : this.#take(Buffer.from('\n'));
  }

  #carry(rest: Buffer): void {
    this.#bytes += rest.length;
    if (this.#bytes > MAX_LINE_BYTES) this.#pieces = [];
    else if (rest.length > 0) this.#pieces.push(rest);
  }

  #take(ending: Buffer): readonly Line[] {
    const isTooLong = this.#bytes > MAX_LINE_BYTES;
    const block = isTooLong
      ? ending.subarray(ending.indexOf(LINE_FEED) + 1)
      : Buffer.concat([...this.#pieces, ending]);
    this.#pieces = [];
    this.#bytes = 0;
    const lines: Line[] = isTooLong ? [TOO_LONG] : [];
    this.#splitter.push(
      block,
      asText((text, replacedBytes) => lines.push({ text, replacedBytes })),
    );
    return lines;
  }
}
