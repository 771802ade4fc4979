import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNatsServer, type NatsServer } from '../fakes/nats-server.ts';
import { addStream, message, ObservedBus, SUBJECTS } from './observed-bus.ts';

const ALL = '">"';
const API = '"$JS.API.>"';

/** A server with a root user, and the bridge with these rights. */
function rights({ publish = ALL, deny = '', subscribe = ALL }): string {
  const denied = deny === '' ? '' : `, deny: [${deny}]`;
  return `authorization { users: [
    { user: root, password: root }
    { user: bridge, password: secret, permissions: {
      publish: { allow: [${publish}]${denied} }, subscribe: { allow: [${subscribe}] } } } ] }`;
}

const start = (config: string) => startNatsServer({ config, admin: { user: 'root', pass: 'root' } });
const busOn = (server: NatsServer) => new ObservedBus({ url: server.url.replace('//', '//bridge:secret@') });

test('without the right to publish all in flight is refused for now, until the right is there', async () => {
  await using server = await start(rights({ publish: API }));
  await using observed = busOn(server);
  await observed.becomes('up');
  observed.publish(1);
  const refusal = await observed.until('a refusal', () => observed.refusals[0]);
  assert.equal(refusal.code, 'publish_denied');
  assert.match(refusal.error, /may not publish to internal\.ingress\.v1: allow it/);
  assert.equal(observed.state, 'refusing');
  assert.deepEqual(observed.codes, ['publish_denied']);
  await server.reload(rights({}));
  await observed.persist(1);
  await observed.becomes('up');
  assert.deepEqual(observed.bus.degraded(), []);
});

test('without the right to dead letters only those are refused', async () => {
  await using server = await start(rights({ deny: `"${SUBJECTS.deadLetter}"` }));
  await using observed = busOn(server);
  await observed.becomes('up');
  const outcome = await observed.bus.send(message({ subject: SUBJECTS.deadLetter }));
  assert.ok(outcome.kind === 'refused' && outcome.code === 'publish_denied');
  assert.match(outcome.error, /internal\.deadletter\.v1/);
  assert.deepEqual(observed.refusals, []);
  assert.equal((await observed.ask(1)).kind, 'stored');
  assert.equal(observed.state, 'up');
});

test('without the right to its inbox it says that acks cannot arrive', async () => {
  await using server = await start(rights({ subscribe: '"none"' }));
  await using observed = busOn(server);
  await observed.becomes('refusing', /may not subscribe to _INBOX\..*, where acks arrive/);
  assert.deepEqual(observed.codes.includes('publish_denied'), true);
});

test('without the right to look at the stream it publishes all the same, and says what may repeat', async () => {
  await using server = await start(rights({ publish: `"internal.>"` }));
  await addStream(server);
  await using observed = busOn(server);
  await observed.becomes('up');
  assert.deepEqual(observed.streams, ['INGRESS']);
  assert.deepEqual(observed.codes, ['may_repeat']);
  assert.equal(observed.bus.memory?.windowMs, 120_000);
  assert.equal((await observed.ask(1)).kind, 'stored');
  assert.equal(await observed.bus.memory?.find(new Set(['tw:1']), 0), 'denied');
});

test('without the right to look, and no stream, a publish finds out', async () => {
  await using server = await start(rights({ publish: `"internal.>"` }));
  await using observed = busOn(server);
  await observed.becomes('up');
  const outcome = await observed.ask(1);
  assert.ok(outcome.kind === 'refused' && outcome.code === 'stream_missing');
  assert.equal(observed.state, 'refusing');
  await addStream(server);
  assert.equal((await observed.ask(1)).kind, 'stored');
  assert.equal(observed.state, 'up');
});

test('without the right to make the stream it says so, and is up once somebody has made it', async () => {
  await using server = await start(rights({ deny: '"$JS.API.STREAM.CREATE.>"' }));
  await using observed = busOn(server);
  await observed.becomes(
    'refusing',
    /missing and the NATS user may not make it: make it, or allow \$JS\.API\.STREAM\.CREATE/,
  );
  assert.deepEqual(observed.codes, ['stream_missing']);
  await addStream(server);
  await observed.becomes('up');
});

for (const verb of ['STREAM.MSG.GET', 'CONSUMER.CREATE', 'CONSUMER.MSG.NEXT']) {
  test(`without the right to ${verb} nothing can be looked for in the stream, and it says so`, async () => {
    await using server = await start(rights({ deny: `"$JS.API.${verb}.>"` }));
    await using observed = busOn(server);
    await observed.becomes('up');
    await observed.ask(1);
    assert.equal(await observed.bus.memory?.find(new Set(['tw:1']), 0), 'denied');
    assert.deepEqual(observed.codes, ['may_repeat']);
    await server.reload(rights({}));
    await observed.persist(2);
    const look = await observed.bus.memory?.find(new Set(['tw:1']), 0);
    assert.deepEqual(look, { found: new Map([['tw:1', 1]]), upTo: 1, isEnd: true });
    assert.deepEqual(observed.codes, []);
  });
}
