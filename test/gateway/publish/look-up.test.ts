import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { temporaryDirectory } from '../../integration/gateway-process.ts';
import { fakeMemory } from './fake-memory.ts';
import { startQueue, stored } from './queue-harness.ts';
import { numbered, startSpooledQueue } from './spooled-queue.ts';

test('what is un-acked for longer than half the memory of the bus is looked for before it is sent again', async () => {
  const { memory, asked } = fakeMemory(new Map([['a-2', 8]]));
  const { queue, clock, ledger, offer, answer, takeSent } = startQueue({
    memory,
    limits: { timeoutMs: 10_000 },
  });
  queue.busState('up');
  offer('a-1');
  answer('a-1', stored(7));
  offer('a-2', 'a-3');
  takeSent();
  queue.busState('down');
  clock.advance(500);
  queue.busState('up');
  assert.deepEqual(takeSent(), [], 'nothing is sent before the look is over');
  await turn();
  assert.deepEqual(asked, [{ ids: ['a-2', 'a-3'], after: 7 }]);
  assert.equal(ledger.published, 2, 'the one that was found is ours');
  assert.deepEqual(takeSent(), ['a-3']);
});

test('shorter than that the bus is trusted to know its ids', () => {
  const { memory, asked } = fakeMemory(new Map());
  const { queue, clock, offer, takeSent } = startQueue({ memory, limits: { timeoutMs: 10_000 } });
  queue.busState('up');
  offer('a-1');
  queue.busState('down');
  clock.advance(499);
  takeSent();
  queue.busState('up');
  assert.deepEqual(takeSent(), ['a-1']);
  assert.equal(asked.length, 0);
});

test('what was never sent needs no look, however long it waited', () => {
  const { memory, asked } = fakeMemory(new Map());
  const { queue, clock, offer, takeSent } = startQueue({ memory });
  offer('a-1');
  clock.advance(60_000);
  queue.busState('up');
  assert.deepEqual(takeSent(), ['a-1']);
  assert.equal(asked.length, 0);
});

test('a stream that cannot be read now is asked again later, and nothing is sent meanwhile', async () => {
  const { memory, asked, answers } = fakeMemory(new Error('timeout'));
  const { queue, clock, failures, offer, takeSent } = startQueue({ memory, limits: { timeoutMs: 10_000 } });
  queue.busState('up');
  offer('a-1');
  queue.busState('down');
  clock.advance(500);
  takeSent();
  queue.busState('up');
  await turn();
  assert.match(failures[0]?.error ?? '', /while looking: Error: timeout/);
  answers.now = new Map();
  clock.advance(100);
  await turn();
  assert.equal(asked.length, 2);
  assert.deepEqual(takeSent(), ['a-1']);
});

test('without the right to read, it is sent again all the same', async () => {
  const { memory } = fakeMemory('denied');
  const { queue, clock, offer, takeSent } = startQueue({ memory, limits: { timeoutMs: 10_000 } });
  queue.busState('up');
  offer('a-1');
  queue.busState('down');
  clock.advance(500);
  takeSent();
  queue.busState('up');
  await turn();
  assert.deepEqual(takeSent(), ['a-1']);
});

test('in a stream that was made anew the look begins at its first message', async () => {
  const { memory, asked } = fakeMemory(new Map());
  const { queue, clock, offer, answer } = startQueue({ memory, limits: { timeoutMs: 10_000 } });
  queue.stream('made on Monday', 0);
  queue.busState('up');
  offer('a-1');
  answer('a-1', stored(7));
  offer('a-2');
  queue.busState('down');
  clock.advance(500);
  queue.stream('made on Tuesday', 0);
  queue.busState('up');
  await turn();
  assert.deepEqual(asked, [{ ids: ['a-2'], after: 0 }]);
});

test('an answer that comes during the look still counts, once', async () => {
  const { memory } = fakeMemory(new Map([['a-1', 1]]));
  const { queue, clock, ledger, offer, answer } = startQueue({ memory, limits: { timeoutMs: 10_000 } });
  queue.busState('up');
  offer('a-1');
  queue.busState('down');
  clock.advance(500);
  queue.busState('up');
  answer('a-1', stored(1));
  await turn();
  assert.equal(ledger.published, 1);
  assert.equal(queue.queued, 0);
});

test('over a restart too: what may have been sent is looked for, what was not is not', async () => {
  await using directory = await temporaryDirectory();
  const first = startSpooledQueue(directory.path, 'overflow', { limits: { maxInFlight: 2 } });
  first.queue.stream('S', 0);
  first.queue.busState('up');
  first.offer('a-1');
  first.answer('a-1', stored(41));
  first.offer(...numbered(2, 5));
  first.queue.halt();
  first.queue.close();

  const { memory, asked } = fakeMemory(new Map([['a-2', 42]]));
  const second = startSpooledQueue(directory.path, 'overflow', { memory });
  second.queue.stream('S', 0);
  second.queue.busState('up');
  await turn();
  assert.deepEqual(asked, [{ ids: ['a-2', 'a-3'], after: 41 }]);
  assert.equal(second.ledger.duplicates.bus, 1, 'stored by an earlier run');
  assert.deepEqual(second.takeSent(), ['a-3', 'a-4', 'a-5']);
});

test('after a crash everything may have been sent, and is looked for', async () => {
  await using directory = await temporaryDirectory();
  const first = startSpooledQueue(directory.path, 'always');
  first.queue.stream('S', 0);
  first.queue.busState('up');
  first.offer('a-0');
  first.clock.advance(10);
  first.answer('a-0', stored(5));
  first.offer(...numbered(1, 3));
  first.clock.advance(10);
  first.kill();

  const { memory, asked } = fakeMemory(new Map());
  const second = startSpooledQueue(directory.path, 'always', { memory });
  second.queue.stream('S', 0);
  second.queue.busState('up');
  await turn();
  assert.deepEqual(asked, [{ ids: numbered(1, 3), after: 5 }]);
});

test('a peaceful end says nothing of a later run that was killed before it could note anything', async () => {
  await using directory = await temporaryDirectory();
  const first = startSpooledQueue(directory.path, 'overflow');
  first.queue.stream('S', 0);
  first.offer(...numbered(1, 3));
  first.queue.halt();
  first.queue.close();
  const second = startSpooledQueue(directory.path, 'overflow');
  second.queue.stream('S', 0);
  second.queue.busState('up');
  assert.deepEqual(second.takeSent(), numbered(1, 3), 'nothing was sent before');

  const { memory, asked } = fakeMemory(new Map());
  const third = startSpooledQueue(directory.path, 'overflow', { memory });
  third.queue.stream('S', 0);
  third.queue.busState('up');
  await turn();
  assert.deepEqual(asked, [{ ids: numbered(1, 3), after: 0 }]);
});
