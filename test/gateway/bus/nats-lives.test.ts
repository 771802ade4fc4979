import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { liveAgain } from '../../../gateway/bus/nats-lives.ts';
import { NATS_TIMINGS } from '../../../gateway/bus/nats-options.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

/** Each life ends at once, having lasted as long as said; `begun` are the times at which they began. */
function lives(lasted: (index: number) => number, random: () => number) {
  const clock = new VirtualClock();
  const closing = new AbortController();
  const begun: number[] = [];
  const over = liveAgain(
    async () => {
      begun.push(clock.now());
      return lasted(begun.length - 1);
    },
    NATS_TIMINGS,
    { clock, random, signal: closing.signal },
  );
  const pass = async (ms: number) => {
    for (const end = clock.now() + ms; clock.now() < end;) {
      await setImmediate();
      clock.advance(50);
    }
  };
  return { clock, begun, over, closing, pass };
}

test('what fails is tried again for ever, after pauses that grow to two seconds', async () => {
  const { begun, pass, closing, over } = lives(
    () => 0,
    () => 0.9999,
  );
  await pass(20_000);
  closing.abort();
  await over;
  const pauses = begun.slice(1).map((at, index) => at - (begun[index] ?? 0));
  assert.deepEqual(pauses.slice(0, 7), [100, 200, 400, 800, 1600, 2000, 2000]);
});

test('what lasted is replaced at once, and forgives the failures before it', async () => {
  const { begun, pass, closing, over } = lives(
    (index) => ([3, 4].includes(index) ? 2001 : 0),
    () => 0.9999,
  );
  await pass(3000);
  closing.abort();
  await over;
  assert.deepEqual(begun.slice(0, 7), [0, 100, 300, 700, 700, 700, 800]);
});

test('once closed it leaves no timer, and lives no more', async () => {
  const { clock, begun, pass, closing, over } = lives(
    () => 0,
    () => 0.5,
  );
  await pass(1000);
  closing.abort();
  await over;
  const count = begun.length;
  assert.equal(clock.pending, 0);
  await pass(10_000);
  assert.equal(begun.length, count);
});
