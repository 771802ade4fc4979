import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startQueue, stored } from './queue-harness.ts';

test('acks of a stream that was made anew are no disorder, though we have not heard of it yet', () => {
  const { queue, world, offer, answer } = startQueue();
  queue.stream('made on Monday', 0);
  queue.busState('up');
  offer('a-1', 'a-2');
  answer('a-1', stored(7));
  answer('a-2', stored(8));
  offer('a-3', 'a-4');
  answer('a-3', stored(1));
  answer('a-4', stored(2));
  assert.equal(world.reordered, 0);
});

test('what another stream had acked ahead of an older message is no disorder in the next one', () => {
  const { queue, world, offer, answer } = startQueue();
  queue.stream('made on Monday', 0);
  queue.busState('up');
  offer('a-1', 'a-2', 'a-3');
  answer('a-2', stored(8));
  queue.stream('made on Tuesday', 0);
  answer('a-1', stored(1));
  answer('a-3', stored(2));
  assert.equal(world.reordered, 0);
});

test('a message that another gateway stored long ago says nothing of the stream', () => {
  const { queue, world, offer, answer } = startQueue();
  queue.stream('made on Monday', 0);
  queue.busState('up');
  offer('a-1');
  answer('a-1', stored(7));
  offer('a-2', 'a-3');
  answer('a-2', stored(3, true));
  answer('a-3', stored(9));
  assert.equal(world.reordered, 1);
});
