import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { startNatsServer } from '../fakes/nats-server.ts';
import { addStream, manage, ObservedBus, purge, SUBJECTS } from './observed-bus.ts';

const NANOS = 1e9;

test('a missing stream is made as configured, with a warning', async () => {
  await using server = await startNatsServer();
  await using observed = new ObservedBus({ url: server.url, stream: { name: 'CHAT', maxAgeS: 3600 } });
  await observed.becomes('up');
  assert.deepEqual(observed.warnings, ['the stream CHAT was missing and has been made']);
  const { config } = await manage(server, (manager) => manager.streams.info('CHAT'));
  assert.deepEqual(config.subjects, [SUBJECTS.ingress, SUBJECTS.deadLetter]);
  const { storage, retention, discard, max_age, duplicate_window, num_replicas } = config;
  assert.deepEqual(
    { storage, retention, discard, max_age, duplicate_window, num_replicas },
    {
      storage: 'file',
      retention: 'limits',
      discard: 'old',
      max_age: 3600 * NANOS,
      duplicate_window: 3600 * NANOS,
      num_replicas: 1,
    },
  );
  assert.equal(observed.bus.memory?.windowMs, 3_600_000);
});

test('a stream that is there stays as it is, and what differs is told', async () => {
  await using server = await startNatsServer();
  await addStream(server, { subjects: [SUBJECTS.ingress], storage: StorageType.Memory, max_age: 60 * NANOS });
  const configNow = () => manage(server, async (manager) => (await manager.streams.info('INGRESS')).config);
  const before = await configNow();
  await using observed = new ObservedBus({ url: server.url });
  await observed.becomes('up');
  const [drift, ...others] = observed.bus.degraded();
  assert.equal(drift?.code, 'stream_drift');
  for (const told of [/internal\.deadletter\.v1/, /memory/, /60 s, not 604800/, /60 s only/]) {
    assert.match(drift?.sentence ?? '', told);
  }
  assert.deepEqual([others, observed.warnings], [[], []]);
  assert.deepEqual(await configNow(), before);
  assert.equal((await observed.ask(1)).kind, 'stored');
});

test('drift that is repaired is told no more', async () => {
  await using server = await startNatsServer();
  await addStream(server, { max_age: 60 * NANOS, duplicate_window: 60 * NANOS });
  await using observed = new ObservedBus({ url: server.url, stream: { maxAgeS: 120 } });
  await observed.becomes('up');
  assert.deepEqual(observed.codes, ['stream_drift']);
  await manage(server, (manager) =>
    manager.streams.update('INGRESS', { max_age: 120 * NANOS, duplicate_window: 120 * NANOS }),
  );
  while (observed.codes.length > 0) await observed.ask(observed.outcomes.length);
  assert.equal(observed.bus.memory?.windowMs, 120_000);
});

test('a subject that another stream holds is refused with the name to set', async () => {
  await using server = await startNatsServer();
  await addStream(server, { name: 'OTHER', subjects: ['internal.>'] });
  await using observed = new ObservedBus({ url: server.url });
  await observed.becomes('refusing', /another stream holds internal\.ingress\.v1: set NATS_STREAM=OTHER/);
  assert.deepEqual(observed.codes, ['stream_missing']);
  assert.equal((await observed.ask(1)).kind, 'ambiguous', 'the ack of another stream is not believed');
  await using corrected = new ObservedBus({ url: server.url, stream: { name: 'OTHER' } });
  await corrected.becomes('up');
});

test('a stream without the subject is refused with the cure, and is up once it has it', async () => {
  await using server = await startNatsServer();
  await addStream(server, { subjects: ['something.else'] });
  await using observed = new ObservedBus({ url: server.url });
  await observed.becomes(
    'refusing',
    /INGRESS does not take internal\.ingress\.v1: add the subject to it, or set NATS_STREAM/,
  );
  assert.deepEqual(observed.codes, ['stream_missing', 'stream_drift']);
  await manage(server, (manager) => manager.streams.update('INGRESS', { subjects: ['internal.*.v1'] }));
  await observed.becomes('up');
  assert.deepEqual(observed.bus.degraded(), []);
});

test('a stream that acks nothing is refused with the cure', async () => {
  await using server = await startNatsServer();
  await addStream(server, { no_ack: true });
  await using observed = new ObservedBus({ url: server.url });
  await observed.becomes('refusing', /acks nothing/);
});

test('more replicas than servers are refused with the cure', async () => {
  await using server = await startNatsServer();
  await using observed = new ObservedBus({ url: server.url, stream: { replicas: 3 } });
  await observed.becomes('refusing', /cannot be made: replicas > 1 .*: set NATS_STREAM_REPLICAS=1/);
  assert.deepEqual(observed.codes, ['stream_missing']);
});

test('a stream deleted while idle is noticed and made again, as another one', async () => {
  await using server = await startNatsServer();
  await using observed = new ObservedBus({ url: server.url });
  await observed.becomes('up');
  await observed.ask(1);
  await manage(server, (manager) => manager.streams.delete('INGRESS'));
  await observed.until('another stream', () => observed.streams.length === 2);
  assert.notEqual(observed.streams[0], observed.streams[1]);
  assert.equal(observed.warnings.length, 2);
  assert.deepEqual(await observed.ask(1), { kind: 'stored', sequence: 1, duplicate: false });
});

test('a publish that finds no stream says so at once; it is made at the look after that', async () => {
  await using server = await startNatsServer();
  await using observed = new ObservedBus({ url: server.url, timings: { lookIntervalMs: 1000 } });
  await observed.becomes('up');
  await manage(server, (manager) => manager.streams.delete('INGRESS'));
  const refused = await observed.ask(1);
  assert.ok(refused.kind === 'refused' && refused.code === 'stream_missing');
  await observed.becomes('up');
  const states = observed.said.map(({ state }) => state);
  assert.deepEqual(
    states.filter((state, index) => state !== states[index - 1]),
    ['connecting', 'up', 'refusing', 'up'],
  );
  assert.equal((await observed.ask(1)).kind, 'stored');
});

test('a stream deleted and made again by somebody else is another one', async () => {
  await using server = await startNatsServer();
  await using observed = new ObservedBus({ url: server.url });
  await observed.becomes('up');
  await manage(server, async (manager) => {
    const { config } = await manager.streams.info('INGRESS');
    await manager.streams.delete('INGRESS');
    await manager.streams.add(config);
  });
  await observed.until('another stream', () => observed.streams.length === 2);
  assert.equal(observed.warnings.length, 1);
});

test('a purged stream is still the same', async () => {
  await using server = await startNatsServer();
  await using observed = new ObservedBus({ url: server.url });
  await observed.becomes('up');
  await observed.ask(1);
  await purge(server);
  const { sequence } = (await observed.ask(2)) as { sequence: number };
  assert.equal(sequence, 2);
  assert.equal(observed.streams.length, 1);
});

test('two bridges that begin at once make one stream', async () => {
  await using server = await startNatsServer();
  await using one = new ObservedBus({ url: server.url });
  await using other = new ObservedBus({ url: server.url });
  await Promise.all([one.becomes('up'), other.becomes('up')]);
  assert.deepEqual(one.streams, other.streams);
});

test('a stream whose consumers remove what they read has drifted', async () => {
  await using server = await startNatsServer();
  await addStream(server, { retention: RetentionPolicy.Workqueue });
  await using observed = new ObservedBus({ url: server.url });
  await observed.becomes('up');
  assert.match(observed.bus.degraded()[0]?.sentence ?? '', /retention is workqueue/);
});
