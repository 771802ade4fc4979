import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RetentionPolicy } from '@nats-io/jetstream';
import type { BusMemory } from '../../gateway/bus/bus.ts';
import { startNatsServer, type NatsServer } from '../fakes/nats-server.ts';
import { addStream, manage, message, ObservedBus, purge, SUBJECTS } from './observed-bus.ts';

/** A bus that is up and has stored `tw:1` to `tw:<count>` under these sequences. */
async function holding(server: NatsServer, count: number) {
  const observed = new ObservedBus({ url: server.url, timings: { answerMs: 5000 } });
  await observed.becomes('up');
  for (let from = 1; from <= count; from += 500) {
    for (let token = from; token < Math.min(from + 500, count + 1); token++) observed.publish(token);
    await observed.until('acks', () => observed.outcomes.length === Math.min(from + 499, count));
  }
  const memory = observed.bus.memory as BusMemory;
  const find = async (ids: readonly number[], after: number) => {
    const found = await memory.find(new Set(ids.map((id) => `tw:${id}`)), after);
    return found === 'denied' ? found : [...found.found];
  };
  return { observed, find, [Symbol.asyncDispose]: () => observed[Symbol.asyncDispose]() };
}

test('ids are found among 12,000, in the order stored, from a sequence on', async () => {
  await using server = await startNatsServer();
  await using bus = await holding(server, 12_000);
  assert.deepEqual(await bus.find([11_999, 7, 12_001], 0), [
    ['tw:7', 7],
    ['tw:11999', 11_999],
  ]);
  assert.deepEqual(await bus.find([12_000], 11_999), [['tw:12000', 12_000]]);
  assert.deepEqual(await bus.find([6, 7, 8], 7), [['tw:8', 8]]);
  assert.deepEqual(await bus.find([1], 12_000), []);
  assert.deepEqual(await bus.find([1], 99_999), []);
  const { state } = await manage(server, (manager) => manager.streams.info('INGRESS'));
  assert.equal(state.consumer_count, 0);
});

test('an empty stream, a purged one and one whose start is gone hold what they hold', async () => {
  await using server = await startNatsServer();
  await using bus = await holding(server, 0);
  assert.deepEqual(await bus.find([1], 0), []);
  for (let token = 1; token <= 10; token++) await bus.observed.ask(token);
  await manage(server, (manager) => manager.streams.purge('INGRESS', { seq: 6 }));
  assert.deepEqual(await bus.find([3, 8], 0), [['tw:8', 8]]);
  await manage(server, (manager) => manager.streams.deleteMessage('INGRESS', 10));
  assert.deepEqual(await bus.find([9, 10], 0), [['tw:9', 9]]);
  await purge(server);
  assert.deepEqual(await bus.find([8], 0), []);
});

test('dead letters in between are passed over', async () => {
  await using server = await startNatsServer();
  await using bus = await holding(server, 2);
  await bus.observed.bus.send(message({ id: 'tw:3', subject: SUBJECTS.deadLetter }));
  await bus.observed.ask(4);
  await bus.observed.bus.send(message({ id: 'tw:5', subject: SUBJECTS.deadLetter }));
  assert.deepEqual(await bus.find([3, 4, 5], 1), [['tw:4', 4]]);
});

test('a stream that was made again is not taken for the one before: the look fails, and the next one is of the new one', async () => {
  await using server = await startNatsServer();
  await using observed = new ObservedBus({ url: server.url, timings: { lookIntervalMs: 60_000 } });
  await observed.becomes('up');
  await observed.ask(1);
  await manage(server, async (manager) => {
    const { config } = await manager.streams.info('INGRESS');
    await manager.streams.delete('INGRESS');
    await manager.streams.add(config);
  });
  const find = () => observed.bus.memory?.find(new Set(['tw:1']), 5);
  await assert.rejects(async () => find(), /another one than before/);
  assert.equal(observed.streams.length, 2);
  assert.deepEqual(await find(), { found: new Map(), upTo: 5, isEnd: true });
});

test('without a link, or a server that answers, the look fails and can be made again', async () => {
  await using server = await startNatsServer();
  await using bus = await holding(server, 1);
  await server.kill();
  await bus.observed.becomes('down');
  await assert.rejects(bus.find([1], 0), /not connected/);
  await server.start();
  await bus.observed.becomes('up');
  assert.deepEqual(await bus.find([1], 0), [['tw:1', 1]]);
  await server.freeze();
  const rejected = assert.rejects(bus.find([1], 0), /not connected/);
  await server.kill();
  await rejected;
});

test('a stream that lets nobody read beside its own consumers may repeat, and says so', async () => {
  await using server = await startNatsServer();
  await addStream(server, { retention: RetentionPolicy.Workqueue });
  await using bus = await holding(server, 1);
  assert.equal(await bus.find([1], 0), 'denied');
  assert.deepEqual(bus.observed.codes, ['stream_drift', 'may_repeat']);
});
