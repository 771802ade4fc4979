import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { envelopeHeaders } from '../../shared/envelope-headers.ts';
import { startNatsServer, type NatsServer } from '../fakes/nats-server.ts';
import { freePort } from '../fakes/ports.ts';
import { addStream, manage, message, ObservedBus, SUBJECTS } from './observed-bus.ts';

/** Spaces, escapes and member order as no JSON.stringify writes them. */
const ODD_BODY = '{ "b":1,"a" : "\\u00e9 é 👋",  "payload":{"text":"hi"}}';
const ALL = ['--json', '--from', 'start', '--once'];

test('--json --from start --once prints what is stored, byte for byte, in stored order, and exits 0', async (t) => {
  await using server = await startNatsServer();
  await using observed = await upOn(server);
  const bodies = [ODD_BODY, ...Array.from({ length: 1200 }, (_, n) => `{"n":${n}}`)];
  for (const [token, body] of bodies.entries()) observed.publish(token, { body });
  await observed.until('acks', () => observed.outcomes.length === bodies.length);
  const { code, stdout, stderr } = await run(t, server.url, ALL);
  assert.equal(stdout, bodies.map((body) => `${body}\n`).join(''));
  assert.deepEqual([code, stderr], [0, '']);
});

test('--headers shows sequence, subject and headers, in their order, around the body', async (t) => {
  await using server = await startNatsServer();
  await using observed = await upOn(server);
  const id = '885196de-cb67-427a-baa8-82f9b0fcd05f';
  const envelope = {
    id,
    type: 'external.chat.message.v1',
    correlationId: id,
    traceId: id.replaceAll('-', ''),
  };
  const headers = envelopeHeaders(envelope as Parameters<typeof envelopeHeaders>[0]);
  observed.bus.publish(1, { ...message({ body: ODD_BODY }), headers });
  await observed.outcome(1);
  const { stdout } = await run(t, server.url, [...ALL, '--headers']);
  const attributes = JSON.stringify({ seq: 1, subject: SUBJECTS.ingress, headers }).slice(0, -1);
  assert.equal(stdout, `${attributes},"body":${ODD_BODY}}\n`);
});

test('--dead-letters reads that subject, and each subject ends where it ends', async (t) => {
  await using server = await startNatsServer();
  await using observed = await upOn(server);
  await observed.ask(1, { body: '"chat"' });
  await observed.bus.send(message({ id: 'dl:1', subject: SUBJECTS.deadLetter, body: '"dead"' }));
  assert.equal((await run(t, server.url, ALL)).stdout, '"chat"\n');
  assert.equal((await run(t, server.url, [...ALL, '--dead-letters'])).stdout, '"dead"\n');
});

test('an empty stream, one whose newest message was deleted and one that was purged hold what they hold', async (t) => {
  await using server = await startNatsServer();
  await using observed = await upOn(server);
  assert.deepEqual(await run(t, server.url, ALL), { code: 0, stdout: '', stderr: '' });
  await observed.ask(1, { body: '1' });
  await observed.ask(2, { body: '2' });
  await manage(server, (manager) => manager.streams.deleteMessage('INGRESS', 2));
  assert.deepEqual(await run(t, server.url, ALL), { code: 0, stdout: '1\n', stderr: '' });
  await manage(server, (manager) => manager.streams.purge('INGRESS'));
  assert.deepEqual(await run(t, server.url, ALL), { code: 0, stdout: '', stderr: '' });
});

test('a missing stream is like an empty one, is not made, and exits 0', async (t) => {
  await using server = await startNatsServer();
  const { code, stdout, stderr } = await run(t, server.url, ALL);
  assert.deepEqual([code, stdout], [0, '']);
  assert.match(stderr, /^Nothing is stored in INGRESS at 127\.0\.0\.1:\d+ yet\.\n$/);
  assert.equal(await manage(server, async (manager) => (await manager.streams.names().next()).length), 0);
});

test('a stream that does not take the subject is like an empty one: it says so, and exits 0', async (t) => {
  await using server = await startNatsServer();
  await addStream(server, { subjects: [SUBJECTS.ingress] });
  const { code, stdout, stderr } = await run(t, server.url, [...ALL, '--dead-letters']);
  assert.deepEqual([code, stdout], [0, '']);
  assert.match(stderr, /^INGRESS at .* does not take internal\.deadletter\.v1: nothing of it is stored\.\n$/);
});

test('a follower waits until the stream takes the subject, and has missed nothing', async (t) => {
  await using server = await startNatsServer();
  await addStream(server, { subjects: [SUBJECTS.ingress] });
  await using observed = await upOn(server);
  const tail = follow(t, server.url, '--dead-letters');
  assert.match(
    await tail.nextNotice(),
    /does not take internal\.deadletter\.v1: .*; waiting for it, Ctrl-C ends/,
  );
  await observed.ask(1, { body: '"chat"' });
  await manage(server, (manager) => manager.streams.update('INGRESS', { subjects: ['internal.>'] }));
  await observed.bus.send(message({ id: 'dl:1', subject: SUBJECTS.deadLetter, body: '"dead"' }));
  assert.equal(await tail.nextLine(), '"dead"');
  tail.child.kill('SIGTERM');
  assert.equal(await tail.exitCode, 0);
});

test('it follows from now on, through a restart of the server, until Ctrl-C, and exits 0', async (t) => {
  await using server = await startNatsServer();
  await using observed = await upOn(server);
  await observed.ask(1, { body: '"old"' });
  const tail = follow(t, server.url);
  assert.match(await tail.nextNotice(), /^Following internal\.ingress\.v1 in INGRESS at .* from now/);
  await observed.ask(2, { body: '"before"' });
  assert.equal(await tail.nextLine(), '"before"');
  await server.kill();
  assert.match(await tail.nextNotice(), /trying again$/);
  await server.start();
  await observed.becomes('up');
  await observed.persist(3);
  assert.equal(await tail.nextLine(), '{}');
  tail.child.kill('SIGINT');
  assert.equal(await tail.exitCode, 0);
});

test('a follower waits for a stream that is not there yet, and begins anew with one that was made again', async (t) => {
  await using server = await startNatsServer();
  const tail = follow(t, server.url);
  assert.match(await tail.nextNotice(), /^Nothing is stored in INGRESS at .* yet; waiting for it/);
  await using observed = await upOn(server);
  for (const token of [1, 2, 3]) await observed.ask(token, { body: String(token) });
  for (const line of ['1', '2', '3']) assert.equal(await tail.nextLine(), line);
  await manage(server, (manager) => manager.streams.delete('INGRESS'));
  await observed.until('another stream', () => observed.streams.length === 2);
  await observed.ask(4, { body: '4' });
  assert.equal(await tail.nextLine(), '4');
  tail.child.kill('SIGTERM');
  assert.equal(await tail.exitCode, 0);
});

test('a closed pipe ends it with 0', async (t) => {
  await using server = await startNatsServer();
  await using observed = await upOn(server);
  const tail = follow(t, server.url);
  await tail.nextNotice();
  tail.child.stdout.destroy();
  await observed.ask(1);
  assert.equal(await tail.exitCode, 0);
});

test('a server that cannot be reached, or refuses, is named without credentials, with exit code 1', async (t) => {
  const nobody = await run(t, `nats://me:canary@127.0.0.1:${await freePort()}`, ALL);
  assert.deepEqual([nobody.code, nobody.stdout], [1, '']);
  assert.match(nobody.stderr, /^127\.0\.0\.1:\d+: connection refused\n$/);
  await using server = await startNatsServer({
    config: 'authorization { user: root, password: root }',
    admin: { user: 'root', pass: 'root' },
  });
  const refused = await run(t, server.url.replace('//', '//me:canary@'), ['--json']);
  assert.deepEqual([refused.code, refused.stdout], [1, '']);
  assert.match(refused.stderr, /refuses the credentials/);
  assert.doesNotMatch(nobody.stderr + refused.stderr, /canary/);
});

test('a server without JetStream is named, and nothing is waited for', async (t) => {
  await using server = await startNatsServer({ jetstream: false });
  const { code, stderr } = await run(t, server.url, ALL);
  assert.equal(code, 1);
  assert.match(stderr, /JetStream/);
});

test('without the right to read it says what is missing, with exit code 1', async (t) => {
  const user = 'user: reader, password: reader, permissions: { publish: { deny: ["$JS.API.CONSUMER.>"] } }';
  const config = `authorization { users: [ { user: root, password: root }, { ${user} } ] }`;
  await using server = await startNatsServer({ config, admin: { user: 'root', pass: 'root' } });
  await using observed = new ObservedBus({ url: server.url.replace('//', '//root:root@') });
  await observed.becomes('up');
  await observed.ask(1);
  for (const args of [ALL, ['--json', '--from', 'start']]) {
    const { code, stderr } = await run(t, server.url.replace('//', '//reader:reader@'), args);
    assert.equal(code, 1);
    assert.match(stderr, /Permissions Violation for Publish to "\$JS\.API\.CONSUMER\.CREATE\.INGRESS"/);
  }
});

test('a wrong address exits 2 and is named, without what stands in it', async (t) => {
  const { code, stderr } = await run(t, 'nats://me:canary@bus/path', ALL);
  assert.equal(code, 2);
  assert.match(stderr, /^NATS_URL has a wrong value \(not shown\)/);
  assert.doesNotMatch(stderr, /canary/);
});

async function upOn(server: NatsServer): Promise<ObservedBus> {
  const observed = new ObservedBus({ url: server.url });
  await observed.becomes('up');
  return observed;
}

function start(t: TestContext, url: string, args: readonly string[]) {
  const script = join(import.meta.dirname, '../../scripts/tail.ts');
  const env = { PATH: process.env['PATH'], MESSAGE_BUS_DRIVER: 'nats', NATS_URL: url };
  const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const exitCode = once(child, 'exit').then(([code]) => code as number | null);
  return { child, exitCode };
}

/** Runs it to its end. */
async function run(t: TestContext, url: string, args: readonly string[]) {
  const { child, exitCode } = start(t, url, args);
  const [code, stdout, stderr] = await Promise.all([exitCode, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

function follow(t: TestContext, url: string, ...more: readonly string[]) {
  const { child, exitCode } = start(t, url, ['--json', ...more]);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const notices = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  const next = async (from: typeof lines) => String((await from.next()).value);
  return { child, exitCode, nextLine: () => next(lines), nextNotice: () => next(notices) };
}
