import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery } from '../../gateway/delivery.ts';
import { drain } from '../../gateway/drain.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';

function delivery(drained: () => Promise<void>): { readonly delivery: Delivery; readonly log: string[] } {
  const log: string[] = [];
  const queue = {
    saveSoon: () => log.push('saves'),
    drained: () => {
      log.push('drains');
      return drained();
    },
  };
  const stop = async (deadlineMs: number): Promise<void> => {
    log.push(`stops within ${deadlineMs}`);
  };
  return { delivery: { queue, stop } as unknown as Delivery, log };
}

test('the queue is drained and kept even where leaving chat fails, and the failure is told', async () => {
  const clock = new VirtualClock();
  const { delivery: failing, log } = delivery(async () => {});
  const chat = { stop: () => Promise.reject(new Error('no chat')) };
  await assert.rejects(drain(chat, failing, 9000, clock), /no chat/);
  assert.deepEqual(log, ['saves', 'drains', 'stops within 500']);
  assert.equal(clock.pending, 0);
});

test('a bus that takes nothing is waited for until a second before the end', async () => {
  const clock = new VirtualClock();
  const { delivery: stuck, log } = delivery(() => new Promise(() => {}));
  const drained = drain({ stop: async () => {} }, stuck, 9000, clock);
  await new Promise(setImmediate);
  clock.advance(7999);
  await new Promise(setImmediate);
  assert.deepEqual(log, ['saves', 'drains']);
  clock.advance(1);
  await drained;
  assert.deepEqual(log, ['saves', 'drains', 'stops within 500']);
});

test('what is queued is being saved while chat does not let us go', () => {
  const clock = new VirtualClock();
  const { delivery: waiting, log } = delivery(async () => {});
  void drain({ stop: () => new Promise(() => {}) }, waiting, 9000, clock);
  assert.deepEqual(log, ['saves']);
});

test('a short time to stop is kept: half of it for the bus to take all, a quarter for it to close', async () => {
  const clock = new VirtualClock();
  const { delivery: stuck, log } = delivery(() => new Promise(() => {}));
  const drained = drain({ stop: async () => {} }, stuck, 600, clock);
  await new Promise(setImmediate);
  clock.advance(300);
  await drained;
  assert.deepEqual(log, ['saves', 'drains', 'stops within 150']);
});
