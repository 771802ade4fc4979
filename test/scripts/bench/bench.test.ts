import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadUse } from '../../../scripts/bad-use.ts';
import { corpus } from '../../../scripts/bench/corpus.ts';
import { readOptions } from '../../../scripts/bench/options.ts';
import { demandText, isMet } from '../../../scripts/bench/report.ts';
import { interleaved, median, percentile, spread } from '../../../scripts/bench/rounds.ts';
import { frames } from '../../../scripts/bench/world/frames.ts';
import { indexOf, messageId } from '../../../scripts/bench/world/message-ids.ts';
import { isChatMessage } from '../../../shared/envelope.ts';
import { asText, LineSplitter } from '../../../shared/line-splitter.ts';
import { parseMessage } from '../../../shared/tmi-parser.ts';

const CHANNELS = ['alpha', 'beta'];

test('the corpus is chat: its lines are as long as real ones, and as many have emotes or go beyond ASCII', () => {
  const lines = corpus(5000, CHANNELS, 1);
  const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
  assert.ok(bytes / lines.length > 490 && bytes / lines.length < 610, `${bytes / lines.length} bytes a line`);
  const special = lines.filter((line) => /[^\0-\u007f]|;emotes=[^;]/.test(line)).length / lines.length;
  assert.ok(special > 0.37 && special < 0.47, `${special} have emotes or go beyond ASCII`);
  for (const line of lines) {
    const message = parseMessage(line);
    assert.ok(message && isChatMessage(message), line);
  }
});

test('the same seed gives the same corpus, another one another', () => {
  assert.deepEqual(corpus(50, CHANNELS, 1), corpus(50, CHANNELS, 1));
  assert.notDeepEqual(corpus(50, CHANNELS, 1), corpus(50, CHANNELS, 2));
});

test('frames carry every line of a flood once, each under an id of its own', () => {
  for (const linesPerFrame of [1, 3, 64, 200]) {
    const ids: (string | undefined)[] = [];
    const splitter = new LineSplitter();
    for (const frame of frames(corpus(7, CHANNELS, 1), 500, linesPerFrame)) {
      const [length = 0, header = 0] = sizeOf(frame);
      assert.equal(frame.length, header + length);
      splitter.push(
        frame.subarray(header),
        asText((line) => ids.push(parseMessage(line)?.tags.get('id'))),
      );
    }
    assert.deepEqual(
      ids.map((id) => indexOf(id ?? '')),
      Array.from({ length: 500 }, (_, index) => index),
    );
  }
});

test('an id that is none of ours has no number', () => {
  assert.equal(indexOf(messageId(123_456)), 123_456);
  for (const id of ['', 'ffffffff', '885196de-cb67-427a-baa8-82f9b0fcd05f'])
    assert.equal(indexOf(id), undefined, id);
});

test('everybody is measured once a round, and another one begins each time', async () => {
  const order: string[] = [];
  const contenders = ['a', 'b', 'c'].map((name) => ({ name, measure: () => order.push(name) }));
  const figures = await interleaved(contenders, 2, { warmUp: true, onMeasured: () => undefined });
  assert.deepEqual(order.join(''), 'abcabcbca');
  assert.deepEqual(
    [...figures],
    [
      ['a', [4, 9]],
      ['b', [5, 7]],
      ['c', [6, 8]],
    ],
  );
});

test('figures are summed up by their median, their spread and their percentiles', () => {
  assert.deepEqual([median([3, 1, 2]), median([4, 1, 2, 3])], [2, 2.5]);
  assert.equal(spread([8, 10, 12]), 0.2);
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.deepEqual([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile([7], 0.99)], [50, 99, 7]);
});

test('a demand says whether it is met', () => {
  assert.ok(isMet({ text: 'x', actual: 2, atLeast: 2 }));
  assert.ok(!isMet({ text: 'x', actual: 0.3, atMost: 0.2 }));
  assert.match(
    demandText({ text: 'twice', actual: 1.5, atLeast: 2 }),
    /^MISSED {2}twice: 1\.50 \(at least 2\)$/,
  );
});

test('the command says what it does not know', () => {
  assert.deepEqual([...readOptions(['--only', 'parse,start']).parts], ['parse', 'start']);
  for (const args of [['--only', 'all'], ['--rounds', '0'], ['--rounds', '1e3'], ['--fast'], ['x']])
    assert.throws(() => readOptions(args), BadUse, args.join(' '));
});

/** [length of the payload, length of the header] of a frame from a server (RFC 6455, 5.2). */
function sizeOf(frame: Buffer): readonly number[] {
  const length = frame[1] ?? 0;
  if (length < 126) return [length, 2];
  return length === 126 ? [frame.readUInt16BE(2), 4] : [Number(frame.readBigUInt64BE(2)), 10];
}
