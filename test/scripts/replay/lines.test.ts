import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { linesOf, UnreadableInput, type Line } from '../../../scripts/replay/lines.ts';
import { tempDir } from '../../gateway/store/temp-dir.ts';

const NEVER = new AbortController().signal;

async function read(t: TestContext, content: Uint8Array | string, signal = NEVER) {
  const path = join(tempDir(t), 'input');
  writeFileSync(path, content);
  const lines: Line[] = [];
  let bytes = 0;
  for await (const some of linesOf({ path, bytes: undefined }, (count) => (bytes += count), signal)) {
    lines.push(...some);
  }
  return { lines, texts: lines.map(({ text }) => text), bytes };
}

test('lines end with LF or CRLF, and the last one needs no ending', async (t) => {
  assert.deepEqual((await read(t, 'one\ntwo\r\n\nthree')).texts, ['one', 'two', '', 'three']);
  assert.deepEqual((await read(t, 'one\n')).texts, ['one']);
  assert.deepEqual((await read(t, '')).texts, []);
});

test('gzip is told by its content; several of them in one file are read one after the other', async (t) => {
  const packed = Buffer.concat([gzipSync('one\ntw'), gzipSync('o\nthree\n')]);
  const { texts, bytes } = await read(t, packed);
  assert.deepEqual(texts, ['one', 'two', 'three']);
  assert.equal(bytes, packed.length, 'what is counted is what is on the disk');
});

test('a file of a hundred thousand lines is read whole, packed or not', async (t) => {
  const texts = Array.from({ length: 100_000 }, (_, n) => `:ada!ada@ada PRIVMSG #a :line ${n} 👋`);
  const content = texts.join('\r\n');
  assert.deepEqual((await read(t, content)).texts, texts);
  assert.deepEqual((await read(t, gzipSync(content))).texts, texts);
});

test('bytes that are not UTF-8 are replaced, and the line says so', async (t) => {
  const { lines } = await read(t, Buffer.from([0x61, 0xff, 0x0a, 0x62, 0x0a]));
  assert.deepEqual(lines, [
    { text: 'a\ufffd', replacedBytes: true },
    { text: 'b', replacedBytes: false },
  ]);
});

test('a line longer than any can be is given as an empty one, and costs the others nothing', async (t) => {
  const long = 'x'.repeat(5 * 1024 * 1024);
  assert.deepEqual((await read(t, `one\n${long}\ntwo\n`)).texts, ['one', '', 'two']);
  assert.deepEqual((await read(t, `one\n${long}`)).texts, ['one', '']);
});

test('a file that ends too early or is no gzip after all gives what it has, then the reason', async (t) => {
  const whole = gzipSync('line\n'.repeat(10_000));
  const broken = [
    whole.subarray(0, whole.length - 9),
    Buffer.concat([whole.subarray(0, 12), Buffer.from('nonsense')]),
  ];
  for (const content of broken) {
    await assert.rejects(read(t, content), (error) => {
      assert.ok(error instanceof UnreadableInput);
      assert.match(error.message, /input: \w/);
      return true;
    });
  }
});

test('a signal ends the reading without a complaint', async (t) => {
  assert.deepEqual((await read(t, 'one\n', AbortSignal.abort())).texts, []);
});
