import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { startNatsServer, type NatsServer } from '../fakes/nats-server.ts';

async function publish(server: NatsServer, body: string): Promise<number> {
  const nc = await server.connect();
  const { seq } = await jetstream(nc).publish('a', body);
  await nc.close();
  return seq;
}

async function addStream(server: NatsServer): Promise<void> {
  const nc = await server.connect();
  const manager = await jetstreamManager(nc);
  await manager.streams.add({ name: 'S', subjects: ['a'] });
  await nc.close();
}

const usersWith = (password: string) =>
  `authorization { users: [ { user: root, password: root }, { user: bridge, password: ${password} } ] }`;

test('it serves JetStream from the start, and again at the same port, with its store, after each way to end', async () => {
  await using server = await startNatsServer();
  await addStream(server);
  assert.equal(await publish(server, 'one'), 1);
  await server.kill();
  await assert.rejects(server.connect(), /connection refused/);
  await server.start();
  assert.equal(await publish(server, 'two'), 2);
  await server.stop();
  await server.start();
  assert.equal(await publish(server, 'three'), 3);
  await assert.rejects(server.start(), /running already/);
});

test('frozen, it answers nothing, and thawed it answers what it was asked', async () => {
  await using server = await startNatsServer();
  const nc = await server.connect();
  await server.freeze();
  const flushed = nc.flush();
  await assert.rejects(nc.request('$JS.API.INFO', '', { timeout: 100 }), /timeout/);
  await assert.rejects(server.connect({ timeout: 100 }), /timeout/);
  server.thaw();
  await flushed;
  await nc.close();
});

test('frozen, it can be killed, stopped and disposed of', async () => {
  await using server = await startNatsServer();
  await server.freeze();
  await server.kill();
  await server.start();
  await server.freeze();
  await server.stop();
  await server.start();
  await server.freeze();
});

test('a reload changes a password while it runs, and the change outlives a restart', async () => {
  await using server = await startNatsServer({
    config: usersWith('old'),
    admin: { user: 'root', pass: 'root' },
  });
  const login = (pass: string) => server.connect({ user: 'bridge', pass }).then((nc) => nc.close());
  await login('old');
  await server.reload(usersWith('new'));
  await assert.rejects(login('old'), /Authorization Violation/);
  await login('new');
  await server.kill();
  await server.start();
  await assert.rejects(login('old'), /Authorization Violation/);
  await login('new');
});

test('a reload that the server refuses says why and changes nothing', async () => {
  await using server = await startNatsServer();
  await assert.rejects(server.reload('max_payload: {'), /Failed to reload server configuration: .*map/);
  await (await server.connect()).close();
});

test('a server that cannot start says why in its own words', async () => {
  await using server = await startNatsServer({ jetstream: false });
  await assert.rejects(startNatsServer({ port: server.port }), /address already in use/);
  await assert.rejects(startNatsServer({ config: 'max_payload: {' }), /Parse error/);
});

test('without JetStream nobody answers for it', async () => {
  await using server = await startNatsServer({ jetstream: false });
  const nc = await server.connect();
  await assert.rejects(nc.request('$JS.API.INFO'), /no responders/);
  await nc.close();
});

test('a limit on the store is in force', async () => {
  await using server = await startNatsServer({ jetstream: 'max_file_store: 10MB' });
  const nc = await server.connect();
  const manager = await jetstreamManager(nc);
  const add = (name: string, megabytes: number) =>
    manager.streams.add({ name, subjects: [name], max_bytes: megabytes * 1024 * 1024 });
  await add('small', 9);
  await assert.rejects(add('large', 2), /insufficient storage resources/);
  await nc.close();
});

test('a store of its own goes with the server, a given one stays', async () => {
  const storeDir = mkdtempSync(join(tmpdir(), 'nats-store-'));
  const server = await startNatsServer({ storeDir });
  await server[Symbol.asyncDispose]();
  assert.ok(existsSync(join(storeDir, 'jetstream')));
  rmSync(storeDir, { recursive: true });
});

test('where there is no nats-server, the error says how to install one', async (t) => {
  const { PATH } = process.env;
  t.after(() => (process.env.PATH = PATH));
  process.env.PATH = '/nowhere';
  await assert.rejects(startNatsServer(), /apt-get install nats-server/);
});
