import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { RecentIds } from '../../shared/recent-ids.ts';

test('an id is known once it was added', () => {
  const ids = new RecentIds(1000, 10);
  assert.equal(ids.has('a'), false);
  ids.add('a', 0);
  assert.equal(ids.has('a'), true);
  assert.equal(ids.has(''), false);
});

test('an id is remembered for its time or through its count, whichever is reached first', () => {
  const pauses = fc.array(fc.nat(30), { maxLength: 100 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 10 }),
      pauses,
      (age, count, steps) => {
        const ids = new RecentIds(age, count);
        const times: number[] = [];
        for (const step of steps) {
          const now = (times.at(-1) ?? 0) + step;
          ids.add(String(times.length), now);
          times.push(now);
          const due = times.flatMap((time, id) =>
            now - time <= age && times.length - id <= count ? [id] : [],
          );
          assert.deepEqual(
            due.filter((id) => !ids.has(String(id))),
            [],
          );
          assert.ok(ids.size <= 2 * count);
        }
      },
    ),
  );
});

test('an old id is forgotten, by count and by time', () => {
  const byCount = new RecentIds(1000, 2);
  for (const id of ['a', 'b', 'c', 'd', 'e']) byCount.add(id, 0);
  assert.deepEqual([byCount.has('a'), byCount.has('c'), byCount.size], [false, true, 3]);

  const byTime = new RecentIds(1000, 100);
  byTime.add('a', 0);
  byTime.add('b', 1000);
  assert.equal(byTime.has('a'), true);
  byTime.add('c', 2000);
  assert.equal(byTime.has('a'), false);
});

test('an id that was cut out of a line does not keep the line in memory', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const heapUsed = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const ids = new RecentIds(1000, 10_000);
  const before = heapUsed();
  for (let count = 0; count < 5000; count++) {
    const line = Buffer.alloc(4096, `@id=${crypto.randomUUID()} `).toString('latin1');
    ids.add(line.slice(4, 40), 0);
  }
  assert.ok(heapUsed() - before < 5_000_000, 'the lines are 20 MB');
  assert.equal(ids.size, 5000);
});
