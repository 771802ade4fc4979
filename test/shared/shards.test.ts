import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelsOfShard, joinLimitOfShard } from '../../shared/shards.ts';

const CHANNELS = Array.from({ length: 10_000 }, (_, n) => `channel_${n}`);

const shares = (count: number): (readonly string[])[] =>
  Array.from({ length: count }, (_, index) => channelsOfShard(CHANNELS, index, count));

function owners(count: number): Map<string, number> {
  return new Map(shares(count).flatMap((share, index) => share.map((channel) => [channel, index])));
}

test('every channel belongs to exactly one shard, and keeps its place in the order', () => {
  for (const count of [1, 2, 3, 7]) {
    const all = shares(count);
    assert.deepEqual(all.flat().sort(), CHANNELS.toSorted());
    for (const share of all) {
      const part = new Set(share);
      assert.deepEqual(
        share,
        CHANNELS.filter((channel) => part.has(channel)),
      );
    }
  }
});

test('one shard has them all', () => {
  assert.deepEqual(channelsOfShard(CHANNELS, 0, 1), CHANNELS);
});

test('the shares are even: no shard is off by more than five standard deviations', () => {
  for (const count of [2, 3, 5, 16, 100]) {
    const mean = CHANNELS.length / count;
    const deviation = Math.sqrt(mean * (1 - 1 / count));
    for (const share of shares(count)) {
      assert.ok(Math.abs(share.length - mean) < 5 * deviation, `${share.length} of ${mean}, ${count} shards`);
    }
  }
});

test('a shard more takes its part from all others, and nothing else moves', () => {
  for (const count of [1, 2, 4, 15]) {
    const [before, after] = [owners(count), owners(count + 1)];
    const moved = CHANNELS.filter((channel) => before.get(channel) !== after.get(channel));
    for (const channel of moved) assert.equal(after.get(channel), count);
    assert.ok(moved.length <= CHANNELS.length * (1 / (count + 1) + 0.02), `${moved.length} of ${count + 1}`);
    assert.ok(moved.length > 0);
  }
});

test('who has which channel is the same in every release', () => {
  const names = ['a', 'cosy_kitchen', 'pixel_harbour', 'star_garden', 'lofi_lantern', 'x'.repeat(25)];
  const ownersOf = (count: number) => names.map((name) => ownerOf(name, count));
  assert.deepEqual(ownersOf(2), [0, 0, 0, 1, 0, 0]);
  assert.deepEqual(ownersOf(10), [0, 8, 2, 1, 7, 2]);
  assert.deepEqual(ownersOf(1000), [290, 977, 293, 471, 776, 71]);
});

function ownerOf(name: string, count: number): number {
  const indices = Array.from({ length: count }, (_, index) => index);
  return indices.findIndex((index) => channelsOfShard([name], index, count).length === 1);
}

test('an account with several shards shares its JOINs out, rounded down', () => {
  assert.equal(joinLimitOfShard(20, 1), 20);
  assert.equal(joinLimitOfShard(20, 3), 6);
  assert.equal(joinLimitOfShard(60, 3), 20);
});
