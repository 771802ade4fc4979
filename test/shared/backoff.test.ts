import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs } from '../../shared/backoff.ts';

const always = (value: number) => (): number => value;
const almostOne = always(1 - Number.EPSILON);

test('the ceiling doubles with each attempt until the maximum', () => {
  const ceilings = Array.from({ length: 7 }, (_, attempt) => backoffMs(attempt, 250, 5000, almostOne) + 1);
  assert.deepEqual(ceilings, [250, 500, 1000, 2000, 4000, 5000, 5000]);
});

test('the jitter is full: any whole delay from 0 up to the ceiling', () => {
  assert.equal(backoffMs(3, 250, 5000, always(0)), 0);
  assert.equal(backoffMs(3, 250, 5000, always(0.5)), 1000);
  assert.equal(backoffMs(0, 3, 5000, always(0.5)), 1);
});

test('no number of attempts leaves the range', () => {
  for (const attempt of [53, 1024, Number.MAX_SAFE_INTEGER]) {
    assert.equal(backoffMs(attempt, 1, 30_000, almostOne), 29_999);
  }
});

test('the maximum holds from the first attempt on', () => {
  assert.equal(backoffMs(0, 1000, 1000, almostOne), 999);
});
