import { messageId } from './message-ids.ts';

/** The text of one line of the corpus around its id. */
type Template = { readonly before: Buffer; readonly after: Buffer };

const ID = /(?<=[@;]id=)[^;]+/;
const ID_BYTES = Buffer.byteLength(messageId(0));

/** FIN and a text frame; a server does not mask (RFC 6455, 5.2). */
const TEXT_FRAME = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/**
 * Everything that a server will say, as the bytes of whole WebSocket frames, made before anything is measured: the lines
 * of the corpus over and over, each time under a new id.
 *
 * @param linesPerFrame how many lines share a frame
 * @returns one buffer a frame
 */
export function* frames(
  corpus: readonly string[],
  count: number,
  linesPerFrame: number,
): Generator<Buffer, void> {
  const templates = corpus.map(templateOf);
  for (let first = 0; first < count; first += linesPerFrame) {
    const lines: Buffer[] = [];
    for (let index = first; index < Math.min(count, first + linesPerFrame); index += 1) {
      const template = templates[index % templates.length];
      if (template) lines.push(lineOf(template, index));
    }
    yield frameOf(Buffer.concat(lines));
  }
}

function templateOf(line: string): Template {
  const [before = '', after = ''] = line.split(ID);
  return { before: Buffer.from(before), after: Buffer.from(`${after}\r\n`) };
}

function lineOf({ before, after }: Template, index: number): Buffer {
  const line = Buffer.allocUnsafe(before.length + ID_BYTES + after.length);
  before.copy(line);
  line.write(messageId(index), before.length, 'latin1');
  after.copy(line, before.length + ID_BYTES);
  return line;
}

function frameOf(payload: Buffer): Buffer {
  return Buffer.concat([frameHeader(payload.length), payload]);
}

function frameHeader(length: number): Buffer {
  if (length < LENGTH_16) return Buffer.of(TEXT_FRAME, length);
  if (length <= 0xffff) return Buffer.of(TEXT_FRAME, LENGTH_16, length >> 8, length & 0xff);
  const header = Buffer.alloc(10);
  header[0] = TEXT_FRAME;
  header[1] = LENGTH_64;
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}
