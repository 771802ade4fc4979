import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryDirectory } from '../../integration/gateway-process.ts';
import { messageOf, stored } from './queue-harness.ts';
import { numbered, startSpooledQueue } from './spooled-queue.ts';

const MIB = 1024 * 1024;

test('a stop without a link to the bus writes what is in memory at once: a kill in the middle of it loses nothing', async () => {
  await using directory = await temporaryDirectory();
  const first = startSpooledQueue(directory.path, 'overflow');
  first.offer(...numbered(1, 20));
  void first.queue.drained();
  first.clock.advance(0);
  assert.equal(first.spool.entries, 20);
  assert.equal(first.queue.status().waiting, 20, 'they still wait for the bus');
  first.kill();
  const second = startSpooledQueue(directory.path, 'overflow');
  assert.equal(second.ledger.recovered, 20);
  second.queue.busState('up');
  assert.deepEqual(second.settleAll(), numbered(1, 20));
});

test('what comes while chat is being left is written as well, and nothing waits for it after the end', async () => {
  await using directory = await temporaryDirectory();
  const { queue, clock, spool, offer } = startSpooledQueue(directory.path, 'overflow');
  offer(...numbered(1, 3));
  queue.saveSoon();
  clock.advance(0);
  assert.equal(spool.entries, 3);
  offer(...numbered(4, 5));
  void queue.drained();
  clock.advance(0);
  assert.equal(spool.entries, 5);
  queue.saveSoon();
  queue.halt();
  assert.equal(queue.close(), 0);
  assert.equal(clock.pending, 0);
});

test('a part at a time is written, the newest first, so that answers are heard in between', async ({
  mock,
}) => {
  await using directory = await temporaryDirectory();
  const limits = { maxBytes: 40 * MIB, maxSpoolBytes: 100 * MIB };
  const { queue, clock, spool } = startSpooledQueue(directory.path, 'overflow', { limits });
  for (let number = 1; number <= 9; number++) queue.offer(messageOf(`a-${number}`, MIB));
  const putBack = mock.method(spool, 'putBack');
  void queue.drained();
  clock.advance(0);
  assert.deepEqual(
    putBack.mock.calls.map((call) => call.arguments[0].map(({ position }) => position)),
    [[6, 7, 8, 9], [2, 3, 4, 5], [1], []],
  );
  queue.halt();
  assert.equal(queue.close(), 0);
  assert.equal(clock.pending, 0);
});

test('a spool that has no room for all of it keeps what was accepted earliest', async () => {
  await using directory = await temporaryDirectory();
  const limits = { maxBytes: 40 * MIB, maxSpoolBytes: 8.5 * MIB };
  const first = startSpooledQueue(directory.path, 'overflow', { limits });
  for (let number = 1; number <= 20; number++) first.queue.offer(messageOf(`a-${number}`, MIB));
  first.queue.halt();
  assert.equal(first.queue.close(), 12);
  const second = startSpooledQueue(directory.path, 'overflow', { limits });
  second.queue.busState('up');
  assert.deepEqual(second.settleAll(), numbered(1, 8));
});

test('a bus that is well takes everything, and nothing is written', async () => {
  await using directory = await temporaryDirectory();
  const { queue, clock, spool, offer, answer } = startSpooledQueue(directory.path, 'overflow');
  queue.busState('up');
  offer('a-1', 'a-2');
  const drained = queue.drained();
  clock.advance(499);
  answer('a-1', stored(1));
  answer('a-2', stored(2));
  await drained;
  clock.advance(60_000);
  assert.equal(spool.entries, 0);
  assert.equal(clock.pending, 0);
});

test('what the bus takes after it was written leaves the disk', async () => {
  await using directory = await temporaryDirectory();
  const { queue, clock, spool, ledger, offer, answer } = startSpooledQueue(directory.path, 'overflow');
  queue.busState('up');
  offer(...numbered(1, 3));
  const drained = queue.drained();
  clock.advance(500);
  assert.equal(spool.entries, 3);
  for (const [index, id] of numbered(1, 3).entries()) answer(id, stored(index + 1));
  await drained;
  clock.advance(10);
  assert.equal(spool.entries, 0);
  assert.equal(ledger.published, 3);
  assert.equal(queue.queued, 0);
});
