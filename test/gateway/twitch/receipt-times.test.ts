import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReceiptTimes } from '../../../gateway/twitch/receipt-times.ts';

test('equal lines that arrive together get times of their own, and different ones the one time they came', () => {
  const times = new ReceiptTimes();
  assert.deepEqual(
    [times.of('a', 100), times.of('b', 100), times.of('a', 100), times.of('a', 100)],
    [100, 100, 101, 102],
  );
  assert.deepEqual([times.of('a', 102), times.of('b', 102)], [103, 102]);
  assert.equal(times.of('a', 200), 200);
});

test('a clock that was set back does not hold the times ahead of it', () => {
  const times = new ReceiptTimes();
  times.of('a', 10_000);
  assert.equal(times.of('a', 9_000), 9_000);
});

test('no line is dated more than a second ahead, however often it comes', () => {
  const times = new ReceiptTimes();
  const given = Array.from({ length: 5_000 }, () => times.of('a', 100));
  assert.equal(Math.max(...given), 1_100);
  assert.equal(new Set(given).size, 1_001);
});
