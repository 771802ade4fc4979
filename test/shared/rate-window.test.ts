import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RateWindow } from '../../shared/rate-window.ts';

test('lets the limit through at once, then one for each that leaves the span', () => {
  const window = new RateWindow(2, 1000);
  assert.deepEqual([window.take(0), window.take(400), window.take(500)], [true, true, false]);
  assert.equal(window.waitMs(500), 500);
  assert.deepEqual([window.take(999), window.take(1000), window.take(1000)], [false, true, false]);
  assert.equal(window.waitMs(1000), 400);
});

test('a refusal uses nothing up', () => {
  const window = new RateWindow(1, 10);
  assert.deepEqual(
    [window.take(0), window.take(5), window.take(9), window.take(10)],
    [true, false, false, true],
  );
});

test('looking does not take', () => {
  const window = new RateWindow(1, 10);
  assert.deepEqual([window.waitMs(0), window.waitMs(0), window.take(0), window.waitMs(4)], [0, 0, true, 6]);
});

test('never are there more than the limit in any span, and never fewer than it allows', () => {
  const limits = fc.integer({ min: 1, max: 5 });
  const spans = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(limits, spans, fc.array(fc.nat(20)), (limit, spanMs, pauses) => {
      const window = new RateWindow(limit, spanMs);
      const taken: number[] = [];
      let now = 0;
      for (const pause of pauses) {
        now += pause;
        const inSpan = taken.filter((time) => time > now - spanMs).length;
        assert.equal(window.take(now), inSpan < limit);
        if (inSpan < limit) taken.push(now);
      }
    }),
  );
});

test('waiting as long as told is always enough', () => {
  const window = new RateWindow(20, 10_000);
  let now = 0;
  for (let join = 0; join < 100; join++) {
    now += window.waitMs(now);
    assert.ok(window.take(now));
  }
  assert.equal(now, 40_000);
});
