import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refused, rejected, startQueue, stored, unknown } from './queue-harness.ts';

const ids = (count: number, channel = 'a'): string[] =>
  Array.from({ length: count }, (_, i) => `${channel}-${i + 1}`);

test('without an ack in time everything un-acked is sent again after a backoff, oldest first, window 1 and doubling', () => {
  const { queue, clock, failures, offer, answer, takeSent } = startQueue();
  queue.busState('up');
  offer(...ids(6));
  takeSent();
  answer('a-2', stored(1));
  clock.advance(999);
  assert.equal(failures.length, 0);
  clock.advance(1);
  assert.deepEqual(failures, [
    {
      messageId: 'a-1',
      channel: 'a',
      attempt: 1,
      kind: 'ambiguous',
      error: 'no ack within 1000 ms',
      retryInMs: 50,
    },
  ]);
  clock.advance(49);
  assert.deepEqual(takeSent(), []);
  clock.advance(1);
  assert.deepEqual(takeSent(), ['a-1']);
  answer('a-1', stored(2));
  assert.deepEqual(takeSent(), ['a-3', 'a-4']);
  answer('a-3', stored(3));
  assert.deepEqual(takeSent(), ['a-5', 'a-6']);
});

test('a late ack settles its message whatever attempt it belongs to', () => {
  const { queue, clock, ledger, offer, answer, takeSent } = startQueue();
  queue.busState('up');
  offer('a-1', 'a-2');
  clock.advance(1000);
  answer('a-1', stored(1));
  assert.equal(ledger.published, 1);
  takeSent();
  clock.advance(50);
  assert.deepEqual(takeSent(), ['a-2']);
});

test('a bus slower than the timeout still makes progress', () => {
  const { queue, clock, ledger, offer, answer, takeSent } = startQueue({ limits: { maxInFlight: 4 } });
  let sequence = 0;
  const known = new Map<string, number>();
  const slowly = (id: string): void => {
    clock.after(1300, () => {
      const first = known.get(id);
      known.set(id, first ?? ++sequence);
      answer(id, stored(first ?? sequence, first !== undefined));
    });
  };
  queue.busState('up');
  offer(...ids(40));
  for (let ms = 0; ms < 60_000 && queue.queued > 0; ms += 10) {
    takeSent().forEach(slowly);
    clock.advance(10);
  }
  assert.equal(queue.queued, 0);
  assert.equal(ledger.published, 40);
  assert.equal(sequence, 40);
});

test('backoff is exponential with full jitter, capped, and starts anew after an ack', () => {
  const { queue, clock, failures, offer, answer } = startQueue({ random: () => 0.999 });
  queue.busState('up');
  offer('a-1', 'a-2');
  for (let i = 0; i < 6; i++) {
    answer('a-1', refused);
    clock.advance(failures.at(-1)?.retryInMs ?? 0);
  }
  assert.deepEqual(
    failures.map((failure) => failure.retryInMs),
    [99, 199, 399, 799, 999, 999],
  );
  answer('a-1', stored(1));
  answer('a-2', refused);
  assert.equal(failures.at(-1)?.retryInMs, 99);
});

test('refusals with a cure use no retry up: the message is sent again for ever', () => {
  const { queue, clock, ledger, offer, answer } = startQueue();
  queue.busState('up');
  offer('a-1');
  for (let i = 0; i < 100; i++) {
    answer('a-1', refused);
    clock.advance(1000);
  }
  assert.equal(queue.queued, 1);
  answer('a-1', stored(1));
  assert.equal(ledger.published, 1);
});

test('one refusal pauses the whole window once, and what the bus accepted meanwhile counts as reordered', () => {
  const { queue, clock, world, failures, offer, answer, takeSent } = startQueue();
  queue.busState('up');
  offer('a-1', 'a-2', 'b-1', 'a-3', 'a-4');
  takeSent();
  answer('a-1', refused);
  answer('a-2', refused);
  answer('b-1', stored(1));
  answer('a-3', stored(2));
  answer('a-4', stored(3));
  assert.equal(failures.length, 1);
  clock.advance(50);
  assert.deepEqual(takeSent(), ['a-1']);
  answer('a-1', stored(4));
  assert.deepEqual(takeSent(), ['a-2']);
  answer('a-2', stored(5));
  assert.equal(world.reordered, 2);
});

test('acks that were on the way when a refusal came do not open the window again', () => {
  const { queue, clock, offer, answer, takeSent } = startQueue();
  queue.busState('up');
  offer(...ids(12));
  takeSent();
  answer('a-1', refused);
  for (const id of ids(8).slice(1)) answer(id, stored(Number(id.slice(2))));
  clock.advance(50);
  assert.deepEqual(takeSent(), ['a-1']);
  clock.advance(999);
  assert.deepEqual(takeSent(), []);
});

test('a message refused for good becomes a dead letter and holds nobody up', () => {
  const { queue, ledger, rejections, offer, answer, takeSent } = startQueue();
  queue.busState('up');
  offer('a-1', 'a-2');
  answer('a-1', rejected);
  answer('a-2', stored(1));
  assert.equal(ledger.deadLettered.max_payload, 1);
  assert.equal(ledger.published, 1);
  assert.equal(rejections[0]?.attempts, 1);
  assert.deepEqual(takeSent(), ['a-1', 'a-2']);
});

test('a dead letter that cannot be kept is counted as dropped', () => {
  const { queue, ledger, world, offer, answer } = startQueue();
  world.deadLettersKept = false;
  queue.busState('up');
  offer('a-1');
  answer('a-1', rejected);
  assert.equal(ledger.dropped.deadletter_store, 1);
  assert.equal(queue.status().lastDropAgeMs, 0);
});

test('an unknown error is retried as often as allowed, then the message becomes a dead letter', () => {
  const { queue, clock, ledger, rejections, offer, answer, takeSent } = startQueue();
  queue.busState('up');
  offer('a-1', 'a-2');
  for (let i = 0; i < 3; i++) {
    answer('a-1', unknown);
    clock.advance(1000);
  }
  assert.equal(ledger.deadLettered.unknown_error, 1);
  assert.equal(rejections[0]?.attempts, 3);
  answer('a-2', stored(1));
  assert.equal(queue.queued, 0);
  assert.deepEqual(takeSent(), ['a-1', 'a-2', 'a-1', 'a-1', 'a-2']);
});

test('while the link is down nothing is sent; when it returns everything un-acked is, at once and in order', () => {
  const { queue, clock, ledger, offer, answer, takeSent } = startQueue();
  queue.busState('up');
  offer('a-1', 'a-2', 'a-3');
  takeSent();
  answer('a-2', stored(2));
  queue.busState('down');
  clock.advance(60_000);
  offer('a-4');
  assert.deepEqual(takeSent(), []);
  queue.busState('up');
  assert.deepEqual(takeSent(), ['a-1']);
  answer('a-1', stored(1, true));
  assert.deepEqual(takeSent(), ['a-3', 'a-4']);
  assert.equal(ledger.published, 2);
});

test('a link that drops during a backoff is waited for, not written to', () => {
  const { queue, clock, offer, answer, takeSent } = startQueue();
  queue.busState('up');
  offer('a-1');
  takeSent();
  answer('a-1', refused);
  queue.busState('down');
  clock.advance(10_000);
  assert.deepEqual(takeSent(), []);
  queue.busState('up');
  assert.deepEqual(takeSent(), ['a-1']);
});
