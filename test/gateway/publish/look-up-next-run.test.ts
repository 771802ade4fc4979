import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { temporaryDirectory } from '../../integration/gateway-process.ts';
import { fakeMemory } from './fake-memory.ts';
import { numbered, startSpooledQueue } from './spooled-queue.ts';

test('a look does not make the next run begin behind a younger message, whose ack was lost', async () => {
  await using directory = await temporaryDirectory();
  const stream = fakeMemory(new Map([['b-1', 50]]));
  stream.answers.end = 60;
  const first = startSpooledQueue(directory.path, 'overflow', {
    memory: stream.memory,
    limits: { timeoutMs: 100_000 },
  });
  first.queue.stream('S', 10);
  first.queue.busState('up');
  first.offer('a-1');
  first.clock.advance(100);
  first.offer('b-1');
  first.clock.advance(400);
  first.queue.busState('down');
  first.queue.busState('up');
  await turn();
  first.queue.halt();
  first.queue.close();

  const second = startSpooledQueue(directory.path, 'overflow', { memory: stream.memory });
  second.queue.stream('S', 60);
  second.queue.busState('up');
  await turn();
  assert.deepEqual(first.takeSent(), ['a-1', 'b-1', 'a-1']);
  assert.deepEqual(second.takeSent(), ['a-1'], 'the other one stands there already');
});

test('nor does it begin behind what nobody has looked for, since memory did not hold it', async () => {
  await using directory = await temporaryDirectory();
  const first = startSpooledQueue(directory.path, 'overflow');
  first.queue.stream('S', 10);
  first.queue.busState('up');
  first.offer(...numbered(1, 8));
  first.queue.halt();
  first.queue.close();

  const stream = fakeMemory(new Map([['a-8', 50]]));
  const small = { maxBytes: 500 };
  const second = startSpooledQueue(directory.path, 'overflow', { memory: stream.memory, limits: small });
  second.queue.stream('S', 100);
  second.queue.busState('up');
  await turn();
  assert.deepEqual(second.takeSent(), numbered(1, 4));
  second.queue.halt();
  second.queue.close();

  const third = startSpooledQueue(directory.path, 'overflow', { memory: stream.memory });
  third.queue.stream('S', 100);
  third.queue.busState('up');
  await turn();
  assert.deepEqual(third.takeSent(), numbered(1, 7));
  assert.equal(third.ledger.duplicates.bus, 1);
});
