import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { seededRandom } from '../../scripts/stand-in/seeded-random.ts';
import { startNatsServer } from '../fakes/nats-server.ts';
import { assertExactly, readStream } from '../fakes/stream-audit.ts';
import { poll } from '../fakes/poll.ts';
import { startTcpProxy } from '../fakes/tcp-proxy.ts';
import { dial, numbers, peer, setUp, talk } from './tcp-peers.ts';

test('left alone it passes bytes and the end of each direction on', async () => {
  await using net = await setUp();
  const pair = await net.join();
  await talk(pair, 'hello');
  pair.client.socket.end('bye');
  assert.equal(await pair.server.ends(), 'FIN');
  assert.equal(pair.server.heard(), 'hellobye');
  pair.server.socket.end('late answer');
  assert.equal(await pair.client.ends(), 'FIN');
  assert.equal(pair.client.heard(), 'hellolate answer');
});

test('an RST of one side reaches the other', async () => {
  await using net = await setUp();
  const pair = await net.join();
  await talk(pair, 'hello');
  pair.server.socket.resetAndDestroy();
  assert.equal(await pair.client.ends(), 'ECONNRESET');
});

test('cut, it resets both sides and refuses new connections until it is healed', async () => {
  await using net = await setUp();
  const pair = await net.join();
  await talk(pair, 'hello');
  net.proxy.cut();
  assert.equal(await pair.client.ends(), 'ECONNRESET');
  assert.equal(await pair.server.ends(), 'ECONNRESET');
  assert.equal(await peer(dial(net.proxy)).ends(), 'ECONNREFUSED');
  await net.proxy.heal();
  await talk(await net.join(), 'again');
});

test('it can cut what exists and welcome what comes', async () => {
  await using net = await setUp();
  const pair = await net.join();
  await talk(pair, 'hello');
  net.proxy.cutExisting();
  assert.equal(await pair.client.ends(), 'ECONNRESET');
  assert.equal(await pair.server.ends(), 'ECONNRESET');
  await talk(await net.join(), 'again');
});

test('a black hole swallows one direction and leaves the other; healed, it resets what lost bytes', async () => {
  await using net = await setUp();
  const pair = await net.join();
  net.proxy.blackHole('to_client');
  pair.server.socket.write('lost');
  pair.client.socket.write('question');
  await pair.server.hears('question');
  await poll(async () => assert.equal(net.proxy.lossy, 1));
  const other = await net.join();
  await net.proxy.heal();
  assert.equal(await pair.client.ends(), 'ECONNRESET');
  assert.equal(await pair.server.ends(), 'ECONNRESET');
  assert.equal(pair.client.heard(), '');
  await talk(other, 'a connection that lost nothing goes on');
});

test('a black hole swallows the end of a connection as well', async () => {
  await using net = await setUp();
  const pair = await net.join();
  net.proxy.blackHole('to_server');
  pair.client.socket.end('gone');
  pair.server.socket.write('still here');
  await pair.client.hears('still here');
  await poll(async () => assert.equal(net.proxy.lossy, 1));
  assert.equal(pair.server.end.how, undefined);
  await net.proxy.heal();
  assert.equal(await pair.server.ends(), 'ECONNRESET');
  assert.equal(pair.server.heard(), '');
});

test('what is held arrives when it is healed, whole and in order, the end of the connection last', async () => {
  await using net = await setUp();
  const pair = await net.join();
  net.proxy.hold('both');
  const sent = numbers(1_000_000);
  pair.client.socket.end(sent);
  pair.server.socket.write('held too');
  const witness = await net.join();
  assert.equal(pair.server.heard() + pair.client.heard(), '');
  await net.proxy.heal();
  assert.equal(await pair.server.ends(), 'FIN');
  assert.equal(pair.server.heard(), sent);
  await pair.client.hears('held too');
  await talk(witness, 'and all is well');
});

test('a sender is slowed down while its bytes are held, and none is lost', async () => {
  await using net = await setUp();
  const pair = await net.join();
  net.proxy.hold('to_server');
  const sent = numbers(24_000_000);
  pair.client.socket.write(sent);
  for (let turn = 0; turn < 1000; turn++) await setImmediate();
  assert.ok(pair.client.socket.writableLength > 0, 'the proxy took more than a network can hold');
  await net.proxy.heal();
  await pair.server.hearsBytes(sent.length);
  assert.ok(pair.server.heard() === sent);
});

test('slices arrive one by one, whole and in order', async () => {
  await using net = await setUp();
  const pair = await net.join();
  net.proxy.slice(7, seededRandom(1));
  const sent = numbers(10_000);
  pair.client.socket.write(sent);
  await pair.server.hearsBytes(sent.length);
  assert.equal(pair.server.heard(), sent);
  assert.ok(pair.server.chunks.length > 100, `${pair.server.chunks.length} pieces`);
});

test('what is delayed comes late, and in order however long each piece takes', async () => {
  await using net = await setUp();
  const pair = await net.join();
  net.proxy.delay(60, 40, seededRandom(1));
  net.proxy.slice(100, seededRandom(2));
  const sent = numbers(10_000);
  const from = performance.now();
  pair.client.socket.write(sent);
  await pair.server.hearsBytes(1);
  assert.ok(performance.now() - from >= 19, 'the least delay is 20 ms');
  await pair.server.hearsBytes(sent.length);
  assert.equal(pair.server.heard(), sent);
});

test('throttled, bytes trickle; healed, the rest arrives at once', async () => {
  await using net = await setUp();
  const pair = await net.join();
  net.proxy.throttle(50_000);
  const sent = numbers(10_000);
  const from = performance.now();
  pair.client.socket.write(sent);
  await pair.server.hearsBytes(sent.length);
  assert.ok(performance.now() - from >= 199, '10,000 bytes take 200 ms');
  assert.ok(pair.server.chunks.length > 1, 'they came all at once');
  const rest = numbers(2_000_000);
  pair.client.socket.write(rest);
  await net.proxy.heal();
  await pair.server.hearsBytes(sent.length + rest.length);
  assert.ok(pair.server.heard() === sent + rest);
});

test('a target that is away resets the client', async () => {
  await using net = await setUp();
  await using away = await startTcpProxy(net.proxy.port);
  net.proxy.cut();
  assert.equal(await peer(dial(away)).ends(), 'ECONNRESET');
});

test('JetStream works through a slow network of small pieces, and its client hears of a cut', async () => {
  await using server = await startNatsServer();
  await using proxy = await startTcpProxy(server.port);
  const nc = await server.connect({ servers: `127.0.0.1:${proxy.port}` });
  await (await jetstreamManager(nc)).streams.add({ name: 'S', subjects: ['a'] });
  proxy.slice(7, seededRandom(1));
  proxy.delay(5, 5, seededRandom(2));
  const ids = Array.from({ length: 200 }, (_, n) => `id-${n}`);
  await Promise.all(ids.map((msgID) => jetstream(nc).publish('a', msgID, { msgID, timeout: 20_000 })));
  proxy.cut();
  await nc.closed();
  const reader = await server.connect();
  assertExactly(await readStream(reader, 'S', 'a'), ids);
  await reader.close();
});
