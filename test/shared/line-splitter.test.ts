import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { asText, LineSplitter, MAX_CARRIED_BYTES } from '../../shared/line-splitter.ts';

const encoder = new TextEncoder();
const LINE_FEED = 0x0a;

type Line = readonly [text: string, replacedBytes: boolean];

function split(frames: readonly Uint8Array[], splitter = new LineSplitter()): Line[] {
  const lines: Line[] = [];
  for (const frame of frames) {
    assert.equal(
      splitter.push(
        frame,
        asText((text, replacedBytes) => lines.push([text, replacedBytes])),
      ),
      'ok',
    );
  }
  return lines;
}

function bytes(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : Uint8Array.from(part))),
  );
}

const noLine = (): void => assert.fail('there is no line');
const intact = (...texts: string[]): Line[] => texts.map((text) => [text, false]);

test('a frame of several lines is split at LF, and one CR before it is dropped', () => {
  assert.deepEqual(split([bytes('one\r\ntwo\nthree\r\r\n')]), intact('one', 'two', 'three\r'));
});

test('a CR elsewhere in a line is kept', () => {
  assert.deepEqual(split([bytes('\rone\rtwo\r\n')]), intact('\rone\rtwo'));
});

test('an empty line is a line', () => {
  assert.deepEqual(split([bytes('\r\n\n\r\n')]), intact('', '', ''));
});

test('an empty frame changes nothing', () => {
  assert.deepEqual(split([bytes(), bytes('a'), bytes(), bytes('b\n')]), intact('ab'));
});

test('a byte order mark is part of its line', () => {
  assert.deepEqual(split([bytes('\ufeffone\n\ufefftwo\n')]), intact('\ufeffone', '\ufefftwo'));
});

test('wherever a frame is cut in two, the lines are the same', () => {
  const whole = bytes('one 😀\r\n\r\nzwei é 👩‍👩‍👧\nthree \ufffd\r\nfour ', [0xff], '\r\n');
  const expected: Line[] = [...intact('one 😀', '', 'zwei é 👩‍👩‍👧', 'three \ufffd'), ['four \ufffd', true]];
  for (let cut = 0; cut <= whole.length; cut++) {
    assert.deepEqual(split([whole.subarray(0, cut), whole.subarray(cut)]), expected, `cut at ${cut}`);
  }
});

test('however bytes are cut into frames, the lines are those of the bytes', () => {
  const byte = fc.oneof(
    fc.constantFrom(LINE_FEED, 0x0d, 0x61, 0xf0, 0x9f, 0x98, 0x80, 0xef, 0xbf, 0xbd),
    fc.nat(255),
  );
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), fc.array(byte), (frames, tail) => {
      const all = [...frames, Uint8Array.from(tail), bytes('\n')];
      assert.deepEqual(split(all), plainReading(Buffer.concat(all)));
    }),
    { numRuns: 1000 },
  );
});

test('only the lines with bytes that are not UTF-8 are flagged', () => {
  const damaged = bytes('fine é\n', [0xc3], '\n\ufffd\n\ufffd', [0xf0, 0x9f, 0x98], '\nfine too\n');
  assert.deepEqual(split([damaged]), [
    ['fine é', false],
    ['\ufffd', true],
    ['\ufffd', false],
    ['\ufffd\ufffd', true],
    ['fine too', false],
  ]);
});

test('a caller may reuse the memory of a frame', () => {
  const splitter = new LineSplitter();
  const frame = bytes('one');
  assert.deepEqual(split([frame], splitter), []);
  frame.fill(0x78);
  assert.deepEqual(split([bytes(' line\n')], splitter), intact('one line'));
});

test('64 KiB are carried over, in one frame or a byte at a time', () => {
  const text = 'x'.repeat(MAX_CARRIED_BYTES);
  assert.equal(MAX_CARRIED_BYTES, 65_536);
  assert.deepEqual(split([bytes(text), bytes('\n')]), intact(text));
  assert.deepEqual(split([...Array.from(text, () => bytes('x')), bytes('\n')]), intact(text));
});

test('one byte more is a line too long, in one frame or over several', () => {
  const fits = new Uint8Array(MAX_CARRIED_BYTES).fill(0x78);
  assert.equal(new LineSplitter().push(new Uint8Array(MAX_CARRIED_BYTES + 1), noLine), 'line_too_long');
  const splitter = new LineSplitter();
  assert.equal(splitter.push(fits, noLine), 'ok');
  assert.equal(splitter.push(bytes('x'), noLine), 'line_too_long');
});

test('the lines before one that is too long are delivered', () => {
  const lines: string[] = [];
  const frame = bytes('one\ntwo\n', 'x'.repeat(MAX_CARRIED_BYTES + 1));
  assert.equal(
    new LineSplitter().push(
      frame,
      asText((line) => lines.push(line)),
    ),
    'line_too_long',
  );
  assert.deepEqual(lines, ['one', 'two']);
});

test('a line that is complete may be longer than what may be carried over', () => {
  const long = 'é'.repeat(100_000);
  assert.deepEqual(split([bytes(`${long}\r\n`)]), intact(long));
  assert.deepEqual(split([bytes('x'.repeat(MAX_CARRIED_BYTES)), bytes(`${long}\nnext\n`)]), [
    ...intact(`${'x'.repeat(MAX_CARRIED_BYTES)}${long}`, 'next'),
  ]);
});

test('what was carried over is part of one line only', () => {
  assert.deepEqual(split([bytes('a'), bytes('b\nc'), bytes('d\n'), bytes('e\n')]), intact('ab', 'cd', 'e'));
});

/** Slow and obvious, and strict about UTF-8 by other means than the splitter. */
function plainReading(all: Buffer): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < all.length; start = all.indexOf(LINE_FEED, start) + 1) {
    const line = all.subarray(start, all.indexOf(LINE_FEED, start));
    lines.push([line.toString('utf8').replace(/\r$/, ''), !isUtf8(line)]);
  }
  return lines;
}
