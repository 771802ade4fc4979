import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { BusMemory } from '../../../gateway/bus/bus.ts';
import { temporaryDirectory } from '../../integration/gateway-process.ts';
import { fakeMemory } from './fake-memory.ts';
import { startQueue, stored } from './queue-harness.ts';
import { startSpooledQueue } from './spooled-queue.ts';

/** Before each part is read something happens, and may take its time. */
function slowed(memory: BusMemory, before: (after: number) => Promise<void> | void): BusMemory {
  return {
    ...memory,
    find: async (ids, after) => {
      await before(after);
      return memory.find(ids, after);
    },
  };
}

test('a long stream is read part by part, each once, and what keeps everything waiting is told', async () => {
  const { memory, asked, answers } = fakeMemory(new Map([['a-2', 250]]));
  answers.end = 300;
  const { queue, clock, ledger, looks, offer, takeSent } = startQueue({
    memory,
    limits: { timeoutMs: 10_000 },
  });
  queue.busState('up');
  offer('a-1', 'a-2', 'a-3');
  takeSent();
  queue.busState('down');
  clock.advance(500);
  queue.busState('up');
  await turn();
  assert.deepEqual(
    asked.map(({ after }) => after),
    [0, 100, 200],
  );
  assert.deepEqual(looks, [
    { messages: 3, upTo: 100 },
    { messages: 3, upTo: 200 },
  ]);
  assert.equal(ledger.published, 1);
  assert.deepEqual(takeSent(), ['a-1']);
  assert.deepEqual(queue.degraded(), []);
});

test('while a long stream is read, that is what is wrong with the bus', async () => {
  const parts = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { memory, answers } = fakeMemory(new Map());
  answers.end = 150;
  const { queue, clock, offer } = startQueue({
    memory: slowed(memory, (after) => parts[after === 0 ? 0 : 1]?.promise),
    limits: { timeoutMs: 10_000 },
  });
  queue.busState('up');
  offer('a-1');
  queue.busState('down');
  clock.advance(500);
  queue.busState('up');
  parts[0]?.resolve();
  await turn();
  const [degradation] = queue.degraded();
  assert.equal(degradation?.code, 'bus_down');
  assert.match(
    degradation.sentence,
    /read for 1 messages that it may already hold; read up to sequence 100$/,
  );
  parts[1]?.resolve();
  await turn();
  assert.deepEqual(queue.degraded(), []);
});

test('late acks that settle all of it while a part is read: no look is told, and nothing is wrong any more', async () => {
  const gate = Promise.withResolvers<void>();
  const { memory, answers } = fakeMemory(new Map());
  answers.end = 300;
  const { queue, clock, looks, offer, answer } = startQueue({
    memory: slowed(memory, () => gate.promise),
    limits: { timeoutMs: 600 },
  });
  queue.busState('up');
  offer('a-1');
  clock.advance(700);
  answer('a-1', stored(401));
  gate.resolve();
  await turn();
  assert.equal(queue.queued, 0);
  assert.deepEqual(looks, []);
  assert.deepEqual(queue.degraded(), []);
});

test('a link that goes while a long stream is read: nothing is read any more', async () => {
  const gate = Promise.withResolvers<void>();
  const { memory, answers } = fakeMemory(new Map());
  answers.end = 300;
  const { queue, clock, offer } = startQueue({
    memory: slowed(memory, (after) => (after > 0 ? gate.promise : undefined)),
    limits: { timeoutMs: 10_000 },
  });
  queue.busState('up');
  offer('a-1');
  queue.busState('down');
  clock.advance(500);
  queue.busState('up');
  await turn();
  assert.equal(queue.degraded().length, 1);
  queue.busState('down');
  assert.deepEqual(queue.degraded(), []);
});

test('a look that takes longer than the bus remembers ids does not begin again', async () => {
  const { memory, asked, answers } = fakeMemory(new Map());
  answers.end = 300;
  const world = startQueue({
    memory: slowed(memory, () => world.clock.advance(400)),
    limits: { timeoutMs: 100_000 },
  });
  world.queue.busState('up');
  world.offer('a-1');
  world.takeSent();
  world.queue.busState('down');
  world.clock.advance(500);
  world.queue.busState('up');
  await turn();
  assert.deepEqual(
    asked.map(({ after }) => after),
    [0, 100, 200],
  );
  assert.deepEqual(world.takeSent(), ['a-1']);
});

test('what stood in the stream before anything was sent is not read', async () => {
  const { memory, asked } = fakeMemory(new Map());
  const { queue, clock, offer } = startQueue({ memory, limits: { timeoutMs: 10_000 } });
  queue.stream('S', 1_000_000);
  queue.busState('up');
  offer('a-1');
  queue.busState('down');
  clock.advance(500);
  queue.busState('up');
  await turn();
  assert.deepEqual(asked, [{ ids: ['a-1'], after: 1_000_000 }]);
});

test('nor at the next start, though no ack ever came', async () => {
  await using directory = await temporaryDirectory();
  const first = startSpooledQueue(directory.path, 'overflow');
  first.queue.stream('S', 1_000_000);
  first.queue.busState('up');
  first.offer('a-1');
  first.queue.halt();
  first.queue.close();
  const { memory, asked } = fakeMemory(new Map());
  const second = startSpooledQueue(directory.path, 'overflow', { memory });
  second.queue.stream('S', 1_000_005);
  second.queue.busState('up');
  await turn();
  assert.deepEqual(asked, [{ ids: ['a-1'], after: 1_000_000 }]);
});

test('what was read of another stream is worth nothing', async () => {
  const { memory, answers, asked } = fakeMemory(new Map());
  answers.end = 300;
  const { queue, clock, offer } = startQueue({ memory, limits: { timeoutMs: 10_000 } });
  queue.stream('made on Monday', 0);
  queue.busState('up');
  offer('a-1');
  queue.busState('down');
  clock.advance(500);
  queue.busState('up');
  queue.stream('made on Tuesday', 0);
  await turn();
  assert.deepEqual(
    asked.map(({ after }) => after),
    [0, 0, 100, 200],
  );
});
