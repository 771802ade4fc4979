import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startNatsServer } from '../fakes/nats-server.ts';
import { freePort } from '../fakes/ports.ts';
import { readStream } from '../fakes/stream-audit.ts';
import { startTcpProxy } from '../fakes/tcp-proxy.ts';
import { manage, message, ObservedBus, SUBJECTS } from './observed-bus.ts';

const openSockets = () => process.getActiveResourcesInfo().filter((type) => type === 'TCPSocketWrap').length;

/** A socket that was destroyed is gone a turn or two later; one that leaks never is. */
async function socketsAre(count: number): Promise<void> {
  while (openSockets() > count) await delay(5);
}

test('it says connecting, names the stream, is up, and stores a message byte for byte, once', async () => {
  await using server = await startNatsServer();
  await using observed = new ObservedBus({ url: server.url });
  await observed.becomes('up');
  assert.deepEqual(observed.said, [
    { state: 'connecting', error: null },
    { state: 'up', error: null },
  ]);
  assert.equal(observed.streams.length, 1);
  const body = Buffer.from([0, 13, 10, 255]);
  assert.deepEqual(await observed.ask(7, { body }), { kind: 'stored', sequence: 1, duplicate: false });
  assert.deepEqual(await observed.ask(8, { id: 'tw:7' }), { kind: 'stored', sequence: 1, duplicate: true });
  const nc = await server.connect();
  const [stored, ...others] = await readStream(nc, 'INGRESS', SUBJECTS.ingress);
  await nc.close();
  assert.deepEqual(others, []);
  assert.deepEqual(stored?.body, body);
  assert.deepEqual(stored?.headers, message({ id: 'tw:7' }).headers);
  assert.deepEqual(observed.bus.degraded(), []);
});

test('a window of publishes is answered message by message', async () => {
  await using server = await startNatsServer();
  await using observed = new ObservedBus({ url: server.url });
  await observed.becomes('up');
  for (let token = 0; token < 1000; token++) observed.publish(token);
  await observed.until('1000 answers', () => observed.outcomes.length === 1000);
  for (const { token, outcome } of observed.outcomes) {
    assert.deepEqual(outcome, { kind: 'stored', sequence: token + 1, duplicate: false });
  }
});

test('without a server it is down and says where it looks; it comes up by itself', async () => {
  await using server = await startNatsServer();
  await server.kill();
  await using observed = new ObservedBus({ url: server.url });
  await observed.becomes('down', /^127\.0\.0\.1:\d+: connection refused$/);
  assert.deepEqual(observed.codes, ['bus_down']);
  assert.deepEqual(await observed.bus.send(message()), { kind: 'ambiguous', error: 'not connected' });
  observed.publish(1);
  await server.start();
  await observed.becomes('up');
  assert.deepEqual(observed.outcomes, []);
});

test('of several servers it takes one that is there', async () => {
  await using server = await startNatsServer();
  const nobody = await freePort();
  await using observed = new ObservedBus({ url: `nats://127.0.0.1:${nobody},${server.url}` });
  await observed.becomes('up');
});

test('killed and started again, the server has the same stream, and a late repeat is a duplicate', async () => {
  await using server = await startNatsServer();
  await using observed = new ObservedBus({ url: server.url });
  await observed.becomes('up');
  await observed.ask(1);
  await server.kill();
  await observed.becomes('down');
  await server.start();
  await observed.becomes('up');
  assert.equal(observed.streams.length, 1);
  assert.deepEqual(await observed.ask(1), { kind: 'stored', sequence: 1, duplicate: true });
});

test('a frozen server is noticed within the time of an answer, before the link is given up, and when it is back', async () => {
  await using server = await startNatsServer();
  await using observed = new ObservedBus({ url: server.url, timings: { pingIntervalMs: 60_000 } });
  await observed.becomes('up');
  await server.freeze();
  await observed.becomes('refusing', /no answer within 400 ms/);
  assert.deepEqual(observed.codes, ['bus_down']);
  observed.publish(1);
  server.thaw();
  assert.equal((await observed.outcome(1)).kind, 'stored');
  await observed.becomes('up');
});

test('a link whose buffers are full is given up as well when the server is frozen', async () => {
  await using server = await startNatsServer();
  await using observed = new ObservedBus({ url: server.url });
  await observed.becomes('up');
  await server.freeze();
  const body = Buffer.alloc(500_000);
  for (let token = 0; token < 40; token++) observed.publish(token, { body });
  await observed.becomes('down');
  server.thaw();
  await observed.becomes('up');
});

test('a server that takes connections and never speaks does not get a socket more with each attempt', async () => {
  const count = { accepted: 0, open: 0 };
  const mute = createServer((socket) => {
    count.accepted++;
    count.open++;
    socket.resume().on('close', () => count.open--);
  });
  await once(mute.listen(0, '127.0.0.1'), 'listening');
  const { port } = mute.address() as AddressInfo;
  const timings = { connectTimeoutMs: 20, reconnectMaxMs: 20 };
  const observed = new ObservedBus({ url: `nats://127.0.0.1:${port}`, timings });
  await observed.becomes('down', /the server does not answer/);
  while (count.accepted < 5 || count.open > 1) await delay(5);
  await observed.bus.close(100);
  mute.close();
});

test('a link that is black-holed either way is replaced', async () => {
  for (const direction of ['to_server', 'to_client'] as const) {
    await using server = await startNatsServer();
    await using proxy = await startTcpProxy(server.port);
    await using observed = new ObservedBus({ url: `nats://127.0.0.1:${proxy.port}` });
    await observed.becomes('up');
    proxy.blackHole(direction);
    await observed.becomes('down');
    await proxy.heal();
    await observed.becomes('up');
  }
});

test('closing lets what was published reach the server, and leaves nothing open', async () => {
  await using server = await startNatsServer();
  const observed = new ObservedBus({ url: server.url });
  await observed.becomes('up');
  const said = observed.said.length;
  for (let token = 0; token < 100; token++) observed.publish(token);
  await observed.bus.close(10_000);
  await observed.bus.close(10_000);
  observed.publish(101);
  const { state } = await manage(server, (manager) => manager.streams.info('INGRESS'));
  assert.equal(state.messages, 100);
  assert.equal(observed.said.length, said);
  await socketsAre(0);
});

test('closing waits no longer than it may, whatever the server does', async () => {
  await using server = await startNatsServer();
  const observed = new ObservedBus({ url: server.url });
  await observed.becomes('up');
  await server.freeze();
  observed.publish(1, { body: Buffer.alloc(500_000) });
  const sent = observed.bus.send(message({ subject: SUBJECTS.deadLetter }));
  const startedAt = performance.now();
  await observed.bus.close(100);
  assert.ok(performance.now() - startedAt < 5000);
  assert.equal((await sent).kind, 'ambiguous');
  await socketsAre(0);
});

test('closing during an attempt to connect ends the attempt', async () => {
  await using server = await startNatsServer();
  await server.freeze();
  const observed = new ObservedBus({ url: server.url, timings: { connectTimeoutMs: 60_000 } });
  await observed.becomes('connecting');
  await delay(50);
  await observed.bus.close(100);
  await socketsAre(0);
});
