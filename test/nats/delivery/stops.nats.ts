import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isBalanced } from '../../../gateway/ledger.ts';
import { startChatServer } from '../../../scripts/stand-in/chat-server.ts';
import { seededRandom } from '../../../scripts/stand-in/seeded-random.ts';
import { startNatsServer, type NatsServer } from '../../fakes/nats-server.ts';
import { poll } from '../../fakes/poll.ts';
import { assertExactly } from '../../fakes/stream-audit.ts';
import { temporaryDirectory } from '../../integration/gateway-process.ts';
import { lastLedger, startChild, type Child } from './nats-child.ts';
import { readStored } from './stream-admin.ts';
import { Talk } from './talk.ts';

const MESSAGES = 2000;

type Scene = AsyncDisposable & { readonly server: NatsServer; readonly talk: Talk; start(): Promise<Child> };

async function scene(env: Readonly<Record<string, string>>): Promise<Scene> {
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await startNatsServer());
  const chat = undo.use(await startChatServer());
  const { path } = undo.use(await temporaryDirectory());
  const options = { natsUrl: server.url, chat, dataDir: path, env };
  const talk = new Talk(chat, seededRandom(1), Infinity);
  const everything = undo.move();
  return {
    server,
    talk,
    start: async () => everything.use(await startChild(options)),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

/** All at once, so that most of it is still queued when the last line was read. */
async function talkTo({ session }: Child, talk: Talk): Promise<void> {
  for (let said = 0; said < MESSAGES; said += 500) talk.say(500);
  await session.roundTrip();
}

test('SIGTERM with the bus up drains what is queued, to the last message', async () => {
  await using stage = await scene({});
  const child = await stage.start();
  await talkTo(child, stage.talk);
  child.process.signalGroup('SIGTERM');
  const { code, ledger } = await lastLedger(child);
  assert.equal(code, 0);
  assert.deepEqual([ledger.received, ledger.published, ledger.queued], [MESSAGES, MESSAGES, 0]);
  assertExactly(
    await readStored(stage.server),
    stage.talk.said.map(({ id }) => id),
  );
});

test('SIGTERM with the bus down spools what is queued, and the next start stores it', async () => {
  await using stage = await scene({ SHUTDOWN_TIMEOUT_MS: '1000' });
  await stage.server.kill();
  const child = await stage.start();
  await talkTo(child, stage.talk);
  child.process.signalGroup('SIGTERM');
  const { code, ledger } = await lastLedger(child);
  assert.equal(code, 0);
  assert.deepEqual([ledger.received, ledger.queued, ledger.dropped], [MESSAGES, MESSAGES, 0]);
  await stage.server.start();
  const next = await stage.start();
  const after = await poll(async () => {
    const now = await next.ledger();
    assert.equal(now.queued, 0);
    return now;
  });
  assert.deepEqual([after.recovered, after.published], [MESSAGES, MESSAGES]);
  assertExactly(
    await readStored(stage.server),
    stage.talk.said.map(({ id }) => id),
  );
});

test('SIGTERM with the bus down and no spool counts what is lost, and exits 1', async () => {
  await using stage = await scene({ SHUTDOWN_TIMEOUT_MS: '1000', SPOOL: 'off' });
  await stage.server.kill();
  const child = await stage.start();
  await talkTo(child, stage.talk);
  child.process.signalGroup('SIGTERM');
  const { code, ledger } = await lastLedger(child);
  assert.equal(code, 1);
  assert.ok(isBalanced(ledger));
  assert.deepEqual([ledger.queued, ledger.dropped], [0, MESSAGES]);
});

test('a second signal, later than a second after the first, ends a stop that hangs at once with 1', async () => {
  await using stage = await scene({ SHUTDOWN_TIMEOUT_MS: '60000' });
  const child = await stage.start();
  await stage.server.freeze();
  await talkTo(child, stage.talk);
  child.process.signalGroup('SIGTERM');
  await child.process.logged('stopping');
  await pause(1100);
  assert.equal(child.process.child.exitCode, null, 'it waits for the bus');
  const since = performance.now();
  child.process.signalGroup('SIGTERM');
  assert.equal((await child.process.ended()).code, 1);
  assert.ok(performance.now() - since < 5000, 'at once');
});
