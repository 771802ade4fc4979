import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { temporaryDirectory } from '../../integration/gateway-process.ts';
import { Spool } from '../../../gateway/publish/spool.ts';
import { fakeMemory } from './fake-memory.ts';
import { stored } from './queue-harness.ts';
import { numbered, startSpooledQueue } from './spooled-queue.ts';

/** Four windows of two are noted ahead. */
const TWO = { maxInFlight: 2 };

test('after a kill what may have been sent is looked for, and what was surely not is not', async () => {
  await using directory = await temporaryDirectory();
  const first = startSpooledQueue(directory.path, 'always', { limits: TWO });
  first.queue.busState('up');
  first.offer(...numbered(1, 30));
  first.clock.advance(10);
  assert.deepEqual(first.takeSent(), ['a-1', 'a-2']);
  first.kill();

  const { memory, asked } = fakeMemory(new Map());
  const second = startSpooledQueue(directory.path, 'always', { memory });
  second.queue.busState('up');
  await turn();
  assert.deepEqual(asked, [{ ids: numbered(1, 8), after: 0 }]);
});

test('before more is sent than was noted, that is noted, and what is settled by then is removed', async () => {
  await using directory = await temporaryDirectory();
  const first = startSpooledQueue(directory.path, 'always', { limits: TWO });
  first.queue.busState('up');
  first.offer(...numbered(1, 30));
  first.clock.advance(10);
  for (const [index, id] of numbered(1, 8).entries()) first.answer(id, stored(index + 1));
  assert.deepEqual(first.takeSent(), numbered(1, 10));
  first.kill();

  const { memory, asked } = fakeMemory(new Map());
  const second = startSpooledQueue(directory.path, 'always', { memory });
  second.queue.busState('up');
  await turn();
  const [look] = asked;
  assert.deepEqual(look?.ids, numbered(8, 17), 'when the ninth was sent seven were settled');
});

test('a spool of many times what memory holds is looked for at its front alone', async () => {
  await using directory = await temporaryDirectory();
  const limits = { maxBytes: 2000 };
  const first = startSpooledQueue(directory.path, 'overflow', { limits });
  first.offer(...numbered(1, 1000));
  first.clock.advance(10);
  first.kill();

  const { memory, asked } = fakeMemory(new Map());
  const second = startSpooledQueue(directory.path, 'overflow', { limits, memory });
  const recovered = second.queue.queued;
  second.queue.busState('up');
  let sent = 0;
  for (let rounds = 0; rounds < 1000 && second.queue.queued > 0; rounds++) {
    await turn();
    for (const id of second.takeSent()) second.answer(id, stored(++sent));
    second.clock.advance(10);
  }
  assert.equal(sent, recovered);
  const ids = new Set(asked.flatMap((look) => look.ids));
  assert.equal(ids.size, 15, 'of the 32 that may have been sent 17 were in memory alone');
});

test('a note that cannot be written keeps nothing from being sent', async ({ mock }) => {
  await using directory = await temporaryDirectory();
  const { queue, clock, offer, answer, takeSent } = startSpooledQueue(directory.path, 'always', {
    limits: TWO,
  });
  offer(...numbered(1, 30));
  clock.advance(10);
  mock.method(Spool.prototype, 'settle', () => {
    throw new Error('disk full');
  });
  queue.busState('up');
  for (const [index, id] of numbered(1, 30).entries()) answer(id, stored(index + 1));
  assert.deepEqual(takeSent(), numbered(1, 30));
  assert.match(queue.degraded()[0]?.sentence ?? '', /disk full/);
});

test('what is settled is removed at a stop at the latest, with the last note', async ({ mock }) => {
  await using directory = await temporaryDirectory();
  const first = startSpooledQueue(directory.path, 'always');
  first.queue.busState('up');
  first.offer('a-1', 'a-2');
  first.clock.advance(10);
  first.answer('a-1', stored(1));
  first.queue.halt();
  const settle = mock.method(Spool.prototype, 'settle');
  settle.mock.mockImplementationOnce(() => {
    throw new Error('disk full');
  });
  first.queue.close();
  assert.equal(settle.mock.callCount(), 2);
  assert.equal(startSpooledQueue(directory.path, 'always').ledger.recovered, 1);
});
