import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { startNatsServer } from '../fakes/nats-server.ts';
import {
  assertExactly,
  assertInOrder,
  overtakers,
  readStream,
  type StoredMessage,
} from '../fakes/stream-audit.ts';

const store = (...ids: string[]): StoredMessage[] =>
  ids.map((id, index) => ({ seq: index + 1, id, subject: 'a', body: Buffer.alloc(0), headers: {} }));

const judge =
  (stored: StoredMessage[], ...ids: string[]) =>
  () =>
    assertExactly(stored, ids);

/** `a1` is of channel `a`. */
const send = (...ids: string[]) => ids.map((id) => ({ id, channel: id.charAt(0) }));

test('it reads every message of one subject in stored order, byte for byte, and leaves no consumer behind', async () => {
  await using server = await startNatsServer();
  const nc = await server.connect();
  const manager = await jetstreamManager(nc);
  await manager.streams.add({ name: 'S', subjects: ['a', 'b', 'empty'] });
  const js = jetstream(nc);
  const bytes = Buffer.from([0, 13, 10, 255]);
  await js.publish('b', 'of another subject');
  const attributes = headers();
  attributes.set('type', 'chat');
  await js.publish('a', bytes, { msgID: 'one', headers: attributes });
  await js.publish('a', '');

  const stored = await readStream(nc, 'S', 'a');
  assert.deepEqual(stored, [
    { seq: 2, id: 'one', subject: 'a', body: bytes, headers: { type: 'chat', 'Nats-Msg-Id': 'one' } },
    { seq: 3, id: '', subject: 'a', body: Buffer.alloc(0), headers: {} },
  ]);
  assert.deepEqual(await readStream(nc, 'S', 'empty'), []);
  const { state } = await manager.streams.info('S');
  assert.equal(state.consumer_count, 0);
  await nc.close();
});

test('it reads more than a consumer is sent at once', async () => {
  await using server = await startNatsServer();
  const nc = await server.connect();
  await (await jetstreamManager(nc)).streams.add({ name: 'S', subjects: ['a'] });
  const ids = Array.from({ length: 2500 }, (_, n) => `id-${n}`);
  const js = jetstream(nc);
  await Promise.all(ids.map((msgID) => js.publish('a', msgID, { msgID, timeout: 20_000 })));
  const stored = await readStream(nc, 'S', 'a');
  assertExactly(stored, ids);
  assertInOrder(
    stored,
    ids.map((id) => ({ id, channel: 'x' })),
  );
  await nc.close();
});

test('what is missing, unexpected or doubled is named', () => {
  assertExactly(store('a1', 'a2'), ['a2', 'a1']);
  assert.throws(judge(store('a1'), 'a1', 'a2', 'a3'), { message: '2 missing: a2, a3' });
  assert.throws(judge(store('a1', 'a2'), 'a1'), { message: '1 unexpected: a2' });
  assert.throws(judge(store('a1', 'a2', 'a1'), 'a1', 'a2'), { message: '1 doubled: a1' });
  assert.throws(judge(store('a1', 'a1'), 'a2'), {
    message: '1 missing: a2; 1 unexpected: a1; 1 doubled: a1',
  });
});

test('each message ahead of an older one of its own channel is an overtaker', () => {
  const sent = send('a1', 'b1', 'a2', 'b2', 'a3');
  const count = (...ids: string[]) => Object.fromEntries(overtakers(store(...ids), sent));
  assert.deepEqual(count('a1', 'b1', 'a2', 'b2', 'a3'), {});
  assert.deepEqual(count('b1', 'b2', 'a1', 'a2', 'a3'), {}, 'channels do not matter to each other');
  assert.deepEqual(count('a2', 'a3', 'a1', 'b1', 'b2'), { a: 2 });
  assert.deepEqual(count('a3', 'b2', 'a1', 'b1', 'a2'), { a: 1, b: 1 });
  assert.deepEqual(count('a3', 'a2', 'a1'), { a: 2 });
  assert.deepEqual(count('a2', 'a3'), {}, 'a missing message is nobody to overtake');
  assert.throws(() => assertInOrder(store('a2', 'a1'), sent), /overtakers by channel/);
  assert.throws(() => overtakers(store('c9'), sent), /c9 \(sequence 1\) was never sent/);
});
