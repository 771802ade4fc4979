import assert from 'node:assert/strict';
import { test } from 'node:test';
import { between, hexDigits, seededRandom, uuid } from '../../scripts/stand-in/seeded-random.ts';

const draw = (random: () => number, count: number): readonly number[] =>
  Array.from({ length: count }, random);

test('a seed and a stream give one sequence, on every machine and in every version', () => {
  assert.deepEqual(
    draw(seededRandom(1), 3).map((value) => value * 2 ** 32),
    [1_950_625_580, 354_034_397, 661_219_729],
  );
});

test('seeds and streams have nothing to do with each other', () => {
  const first = [0, 1, 2, 3, -1].flatMap((seed) => [0, 1, 2].map((stream) => seededRandom(seed, stream)()));
  assert.equal(new Set(first).size, 15);
});

test('numbers lie in [0, 1) and are spread evenly', () => {
  const values = draw(seededRandom(42), 10_000);
  assert.ok(values.every((value) => value >= 0 && value < 1));
  const tenths = Map.groupBy(values, (value) => Math.floor(value * 10));
  for (const group of tenths.values())
    assert.ok(group.length > 850 && group.length < 1150, `${group.length}`);
});

test('between reaches both ends and nothing beyond', () => {
  const random = seededRandom(3);
  assert.deepEqual(new Set(draw(() => between(random, 2, 5), 200)), new Set([2, 3, 4, 5]));
});

test('hex digits and UUIDs have their form', () => {
  const random = seededRandom(4);
  assert.match(hexDigits(random, 32), /^[0-9a-f]{32}$/);
  for (let index = 0; index < 100; index += 1) {
    assert.match(uuid(random), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});
