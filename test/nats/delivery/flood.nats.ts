import { test } from 'node:test';
import { flood, floodAndRestart } from './flood.ts';
import { assertInOrder } from './tally.ts';

test('100,000 messages while the bus is down take at most 200 MB, and are stored in order when it returns', async () => {
  assertInOrder(await flood(1, 1));
});

test('the same holds over a SIGTERM and a new start', async () => {
  assertInOrder(await floodAndRestart(1, 2));
});
