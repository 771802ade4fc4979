import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { recordedPace } from '../../../scripts/replay/pace.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

/** When each line was let through, in milliseconds since the start. */
async function pacedTimes(...times: readonly number[]): Promise<number[]> {
  const clock = new VirtualClock();
  const pace = recordedPace(clock, new AbortController().signal);
  const passed: number[] = [];
  for (const at of times) {
    const due = pace(at);
    for (await nextTurn(); clock.pending > 0; await nextTurn()) clock.advance(1);
    await due;
    passed.push(clock.now());
  }
  return passed;
}

test('lines follow each other as they did; the first comes at once', async () => {
  assert.deepEqual(await pacedTimes(1_000_000, 1_000_000, 1_000_250, 1_001_000), [0, 0, 250, 1000]);
});

test('lines slightly out of order do not stretch the time', async () => {
  assert.deepEqual(await pacedTimes(100, 102, 100, 102, 103), [0, 2, 2, 2, 3]);
});

test('a jump back by more than a minute goes on at once, and from there at its own pace', async () => {
  const evening = 1_000_000;
  assert.deepEqual(await pacedTimes(evening, evening - 60_001, evening - 60_001 + 20), [0, 0, 20]);
});

test('time that the bus took is not waited for again', async () => {
  const clock = new VirtualClock();
  const pace = recordedPace(clock, new AbortController().signal);
  await pace(0);
  clock.advance(500);
  await pace(400);
  assert.equal(clock.pending, 0);
});

test('a silence of months is waited for, and ends with the signal', async () => {
  const clock = new VirtualClock();
  const ending = new AbortController();
  const pace = recordedPace(clock, ending.signal);
  await pace(0);
  const waiting = pace(100 * 24 * 60 * 60 * 1000);
  clock.advance(60 * 24 * 60 * 60 * 1000);
  await nextTurn();
  assert.equal(clock.pending, 1);
  ending.abort();
  await waiting;
  assert.equal(clock.pending, 0);
});
