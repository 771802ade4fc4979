import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressLine, summaryLine } from '../../../scripts/replay/in-words.ts';
import { newTally } from '../../../scripts/replay/replay.ts';

const plain = (_format: unknown, text: string): string => text;
const half = { ...newTally(), bytes: 500, lines: 1200 };

test('the progress shows a bar, the rate and the time left', () => {
  const line = progressLine({ tally: half, totalBytes: 1000, elapsedMs: 12_000, queued: 7 }, plain);
  assert.equal(line, '██████████░░░░░░░░░░ 50 %  1200 lines  100 lines/s  0:12 left');
});

test('when all is read, the progress shows what the bus has not settled yet', () => {
  const tally = { ...half, bytes: 1000 };
  const line = progressLine({ tally, totalBytes: 1000, elapsedMs: 12_000, queued: 7 }, plain);
  assert.equal(line, '████████████████████ 100 %  1200 lines  100 lines/s  7 on their way to the bus');
});

test('of an input without a known size only what was read is shown', () => {
  const line = progressLine({ tally: half, totalBytes: undefined, elapsedMs: 12_000, queued: 7 }, plain);
  assert.equal(line, '1200 lines  100 lines/s');
});

test('the progress has numbers from the first moment, and fits on a terminal', () => {
  for (const totalBytes of [0, 1, undefined]) {
    const tally = { ...newTally(), lines: 123_456_789 };
    const line = progressLine({ tally, totalBytes, elapsedMs: 0, queued: 123_456 }, plain);
    assert.doesNotMatch(line, /NaN|Infinity|undefined/);
    assert.ok(line.length < 100);
  }
});

test('the summary says what was read and what was left out, by reason', () => {
  const tally = { ...newTally(), lines: 1, ignored: { malformed: 2, not_a_channel: 0, other_command: 30 } };
  assert.equal(
    summaryLine(tally, 1, 500),
    '1 input, 1 line in 0.5 s (2 lines/s); ignored: malformed 2, other_command 30',
  );
  assert.equal(summaryLine(newTally(), 0, 0), '0 inputs, 0 lines in 0.0 s (0 lines/s); ignored: none');
});
