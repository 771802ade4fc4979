import { test } from 'node:test';
import { shortMemory } from './short-memory.ts';
import { slowBus } from './slow-bus.ts';
import { streamDeleted } from './stream-deleted.ts';
import { streamFull } from './stream-full.ts';
import { assertFlawless, assertInOrder } from './tally.ts';

test('a stream that is deleted and made again has all that was not acked before', async () => {
  assertInOrder(await streamDeleted(2, 1));
});

test('a full stream costs no message once there is room; what it took out of order is counted, and within one window', async () => {
  assertFlawless(await streamFull(3, 2));
});

test('an outage longer than the memory of the stream stores nothing twice, though acks were lost before', async () => {
  assertInOrder(await shortMemory(1, 3));
});

test('a bus slower than the ack timeout still makes progress', async () => {
  assertInOrder(await slowBus(1, 4));
});
