import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejected, startQueue, stored } from './queue-harness.ts';

const ids = (count: number, channel = 'a'): string[] =>
  Array.from({ length: count }, (_, i) => `${channel}-${i + 1}`);

test('nothing is sent before the link is up, then everything in the order accepted', () => {
  const { queue, offer, takeSent } = startQueue();
  offer('a-1', 'b-1', 'a-2');
  assert.deepEqual(takeSent(), []);
  queue.busState('up');
  assert.deepEqual(takeSent(), ['a-1', 'b-1', 'a-2']);
});

test('at most the window is in flight, and each ack makes room for one more', () => {
  const { queue, offer, answer, takeSent } = startQueue({ limits: { maxInFlight: 3 } });
  queue.busState('up');
  offer(...ids(5));
  assert.deepEqual(takeSent(), ['a-1', 'a-2', 'a-3']);
  answer('a-1', stored(1));
  assert.deepEqual(takeSent(), ['a-4']);
});

test('an ack settles a message as published, and the queue is empty again', () => {
  const { queue, ledger, offer, answer } = startQueue();
  queue.busState('up');
  offer('a-1');
  assert.equal(queue.status().inFlight, 1);
  answer('a-1', stored(1));
  assert.equal(ledger.published, 1);
  assert.deepEqual(queue.status(), {
    waiting: 0,
    inFlight: 0,
    spooled: 0,
    bytes: 0,
    oldestAgeMs: 0,
    lastDropAgeMs: null,
  });
});

test('"duplicate" at the first attempt is somebody else\'s message; after a retry it is our own lost ack', () => {
  const { queue, clock, ledger, offer, answer } = startQueue();
  queue.busState('up');
  offer('a-1');
  answer('a-1', stored(7, true));
  assert.deepEqual([ledger.published, ledger.duplicates.bus], [0, 1]);
  offer('a-2');
  clock.advance(1000 + 50);
  answer('a-2', stored(8, true));
  assert.deepEqual([ledger.published, ledger.duplicates.bus], [1, 1]);
});

test('a second answer for a settled message changes nothing', () => {
  const { queue, ledger, offer, answer } = startQueue();
  queue.busState('up');
  offer('a-1', 'a-2');
  answer('a-2', stored(2));
  answer('a-2', stored(2, true));
  answer('a-1', stored(1));
  answer('a-1', rejected);
  assert.equal(ledger.published, 2);
  assert.equal(ledger.snapshot(0).deadLettered, 0);
});

test('an answer for a message that was never sent is not believed', () => {
  const { queue, ledger, offer } = startQueue();
  offer('a-1');
  queue.outcome(0, stored(1));
  assert.equal(ledger.published, 0);
  assert.equal(queue.queued, 1);
});

test('the newcomer is refused when the queue is full; what was accepted stays', () => {
  const { queue, clock, ledger, offer, answer } = startQueue({ limits: { maxBytes: 250 } });
  assert.deepEqual(offer('a-1', 'a-2', 'a-3'), [true, true, false]);
  assert.equal(ledger.dropped.queue_full, 1);
  assert.equal(queue.status().bytes, 200);
  clock.advance(400);
  assert.equal(queue.status().lastDropAgeMs, 400);
  queue.busState('up');
  answer('a-1', stored(1));
  assert.deepEqual(offer('a-4'), [true]);
});

test('the age of the queue is that of its oldest unsettled message', () => {
  const { queue, clock, offer, answer } = startQueue();
  queue.busState('up');
  offer('a-1');
  clock.advance(300);
  offer('a-2');
  assert.equal(queue.status().oldestAgeMs, 300);
  answer('a-1', stored(1));
  assert.equal(queue.status().oldestAgeMs, 0);
});

test('drained resolves when the last message is settled', async () => {
  const { queue, offer, answer } = startQueue();
  await queue.drained();
  queue.busState('up');
  offer('a-1');
  const drained = queue.drained();
  answer('a-1', stored(1));
  await drained;
});

test('stopping counts what is left as dropped, sends nothing more and leaves no timer', () => {
  const { queue, clock, ledger, offer, takeSent } = startQueue({ limits: { maxInFlight: 1 } });
  queue.busState('up');
  offer('a-1', 'a-2');
  takeSent();
  queue.halt();
  assert.equal(queue.close(), 2);
  assert.equal(ledger.dropped.shutdown, 2);
  assert.equal(queue.queued, 0);
  assert.equal(clock.pending, 0);
  queue.busState('down');
  queue.busState('up');
  assert.deepEqual(takeSent(), []);
});

test('after a halt nothing is sent, and the answers to what was sent still count', () => {
  const { queue, ledger, offer, answer, takeSent } = startQueue({ limits: { maxInFlight: 1 } });
  queue.busState('up');
  offer('a-1', 'a-2');
  takeSent();
  queue.halt();
  answer('a-1', stored(1));
  assert.deepEqual(takeSent(), []);
  assert.equal(ledger.published, 1);
  assert.equal(queue.close(), 1);
  assert.equal(ledger.dropped.shutdown, 1);
});

test('what comes after the end is dropped, and counted', () => {
  const { queue, ledger, offer } = startQueue();
  queue.halt();
  queue.close();
  assert.deepEqual(offer('a-1'), [false]);
  assert.equal(ledger.dropped.shutdown, 1);
  assert.equal(queue.queued, 0);
});

test('a dead letter that is still being written counts as queued, and holds nobody up', () => {
  const waiting: ((kept: boolean) => void)[] = [];
  const { queue, ledger, offer, answer, takeSent } = startQueue({
    limits: { maxInFlight: 1 },
    keepDeadLetter: (_, settled) => waiting.push(settled),
  });
  queue.busState('up');
  offer('a-1', 'a-2');
  answer('a-1', rejected);
  assert.deepEqual(takeSent(), ['a-1', 'a-2']);
  assert.equal(queue.queued, 2);
  waiting[0]?.(true);
  assert.equal(queue.queued, 1);
  assert.equal(ledger.deadLettered.max_payload, 1);
});
