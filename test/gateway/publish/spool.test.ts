import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryDirectory } from '../../integration/gateway-process.ts';
import { isBalanced } from '../../../gateway/ledger.ts';
import { numbered, startSpooledQueue } from './spooled-queue.ts';
import { messageOf, stored } from './queue-harness.ts';

const MIB = 1024 * 1024;
/** Eight messages of 100 bytes fit into memory, and one on its way to the disk. */
const SMALL = { maxBytes: 1000 };

test('what memory cannot hold goes to the disk, and comes back in order', async () => {
  await using directory = await temporaryDirectory();
  const { queue, clock, offer, settleAll } = startSpooledQueue(directory.path, 'overflow', { limits: SMALL });
  offer(...numbered(1, 300));
  clock.advance(10);
  assert.equal(queue.status().waiting, 8);
  assert.equal(queue.status().spooled, 292);
  assert.ok(queue.status().bytes <= 1000);
  queue.busState('up');
  offer(...numbered(301, 310));
  assert.deepEqual(settleAll(), numbered(1, 310));
});

test('while older messages wait on the disk, newcomers go behind them even when memory has room', async () => {
  await using directory = await temporaryDirectory();
  const { queue, clock, offer, answer, takeSent, settleAll } = startSpooledQueue(directory.path, 'overflow', {
    limits: { ...SMALL, maxInFlight: 2 },
  });
  offer(...numbered(1, 20));
  clock.advance(10);
  queue.busState('up');
  answer('a-1', stored(1));
  answer('a-2', stored(2));
  offer('a-21');
  takeSent().splice(0);
  answer('a-3', stored(3));
  answer('a-4', stored(4));
  assert.deepEqual(settleAll(), numbered(5, 21));
});

test('a burst that memory can take within 10 ms is never written', async () => {
  await using directory = await temporaryDirectory();
  const limits = { maxBytes: 4000 };
  const { queue, spool, offer, settleAll } = startSpooledQueue(directory.path, 'overflow', { limits });
  queue.busState('up');
  offer(...numbered(1, 38));
  const { waiting, inFlight, spooled, bytes } = queue.status();
  assert.deepEqual(
    [waiting + inFlight, spooled, bytes],
    [38, 0, 3800],
    'what is on its way to the disk waits',
  );
  assert.deepEqual(settleAll(), numbered(1, 38));
  assert.equal(spool.entries, 0);
});

test('beyond SPOOL_MAX_BYTES the newcomer is dropped; what was accepted stays', async () => {
  await using directory = await temporaryDirectory();
  const limits = { ...SMALL, maxSpoolBytes: 600 };
  const { queue, clock, ledger, offer, settleAll } = startSpooledQueue(directory.path, 'overflow', {
    limits,
  });
  const taken = offer(...numbered(1, 20));
  clock.advance(10);
  const kept = taken.filter(Boolean).length;
  assert.equal(ledger.dropped.spool_full, 20 - kept);
  assert.ok(kept > 10 && kept < 20);
  queue.busState('up');
  assert.deepEqual(settleAll(), numbered(1, kept));
});

test('a stop writes what is left to the disk in its old order, and the next run sends it first', async () => {
  await using directory = await temporaryDirectory();
  const first = startSpooledQueue(directory.path, 'overflow', { limits: SMALL });
  first.offer(...numbered(1, 30));
  first.clock.advance(10);
  first.queue.busState('up');
  first.queue.halt();
  assert.equal(first.queue.close(), 0);
  const left = first.ledger.snapshot(first.queue.queued);
  assert.equal(left.queued, 30);
  assert.ok(isBalanced(left));

  const second = startSpooledQueue(directory.path, 'overflow', { limits: SMALL });
  assert.equal(second.ledger.recovered, 30);
  second.offer('a-31');
  second.queue.busState('up');
  assert.deepEqual(second.settleAll(), numbered(1, 31));
  assert.equal(second.ledger.published, 31);
});

test('with `always` a line counts, and is sent, once it is written', async () => {
  await using directory = await temporaryDirectory();
  const { queue, clock, ledger, offer, takeSent, settleAll } = startSpooledQueue(directory.path, 'always');
  queue.busState('up');
  offer('a-1', 'a-2');
  assert.equal(ledger.received, 0);
  assert.deepEqual(takeSent(), []);
  clock.advance(10);
  assert.equal(ledger.received, 2);
  assert.equal(queue.queued, 2);
  assert.deepEqual(settleAll(), ['a-1', 'a-2']);
});

test('with `always` a stop sends also what was to be written soon', async () => {
  await using directory = await temporaryDirectory();
  const { queue, offer, takeSent, answer } = startSpooledQueue(directory.path, 'always');
  queue.busState('up');
  offer('a-1');
  const drained = queue.drained();
  assert.deepEqual(takeSent(), ['a-1']);
  answer('a-1', stored(1));
  await drained;
});

test('with `always` a killed process loses nothing that had counted as received', async () => {
  await using directory = await temporaryDirectory();
  const first = startSpooledQueue(directory.path, 'always', { limits: SMALL });
  first.queue.busState('up');
  first.offer(...numbered(1, 40));
  first.clock.advance(10);
  first.answer('a-1', stored(1));
  first.kill();

  const second = startSpooledQueue(directory.path, 'always', { limits: SMALL });
  assert.equal(second.ledger.recovered, 40, 'the removal of the first was not committed yet');
  second.queue.busState('up');
  assert.deepEqual(second.settleAll(), numbered(1, 40));
  assert.equal(second.ledger.snapshot(second.queue.queued).queued, 0);
});

test('a message is removed from the disk only after its ack', async () => {
  await using directory = await temporaryDirectory();
  const { queue, clock, spool, offer, answer } = startSpooledQueue(directory.path, 'always');
  queue.busState('up');
  offer('a-1');
  clock.advance(20);
  assert.equal(spool.entries, 1);
  answer('a-1', stored(1));
  clock.advance(20);
  assert.equal(spool.entries, 0);
});

test('a spool that an earlier run left is emptied even when spooling is off now', async () => {
  await using directory = await temporaryDirectory();
  const first = startSpooledQueue(directory.path, 'overflow');
  first.offer('a-1', 'a-2');
  first.queue.halt();
  first.queue.close();
  const second = startSpooledQueue(directory.path, 'off');
  second.offer('a-3');
  second.queue.busState('up');
  assert.deepEqual(second.settleAll(), ['a-1', 'a-2', 'a-3']);
  assert.equal(second.spool.entries, 0);
});

test('the id of a message that an earlier run left is a duplicate, not a second message', async () => {
  await using directory = await temporaryDirectory();
  const first = startSpooledQueue(directory.path, 'always');
  first.offer('a-1');
  first.clock.advance(10);
  first.kill();
  const second = startSpooledQueue(directory.path, 'always');
  second.offer('a-1', 'a-2');
  second.clock.advance(10);
  assert.equal(second.ledger.duplicates.gateway, 1);
  second.queue.busState('up');
  assert.deepEqual(second.settleAll(), ['a-1', 'a-2']);
});

test('what waits on the disk comes into memory only some time before it is sent, however much has room there', async () => {
  await using directory = await temporaryDirectory();
  const limits = { maxBytes: 64 * MIB, maxSpoolBytes: 64 * MIB };
  const ids = numbered(1, 24);
  const first = startSpooledQueue(directory.path, 'overflow', { limits });
  for (const id of ids) first.queue.offer(messageOf(id, MIB));
  first.queue.close();
  const second = startSpooledQueue(directory.path, 'overflow', { limits });
  const { bytes, waiting, spooled } = second.queue.status();
  assert.deepEqual([bytes, waiting, spooled], [8 * MIB, 8, 16]);
  second.queue.busState('up');
  assert.deepEqual(second.settleAll(), ids);
});
