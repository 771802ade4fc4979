import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isBalanced } from '../../gateway/ledger.ts';
import { startChatServer } from '../../scripts/stand-in/chat-server.ts';
import { seededRandom } from '../../scripts/stand-in/seeded-random.ts';
import { startNatsServer } from '../fakes/nats-server.ts';
import { poll } from '../fakes/poll.ts';
import { assertExactly } from '../fakes/stream-audit.ts';
import { temporaryDirectory } from '../integration/gateway-process.ts';
import { lastLedger, startChild, type Child } from './delivery/nats-child.ts';
import { readStored } from './delivery/stream-admin.ts';
import { Talk } from './delivery/talk.ts';

/** As the deployment has it: the disk of an instance is its memory. Acks that come in time, however busy the machine. */
const env = { SPOOL: 'off', PUBLISH_TIMEOUT_MS: '30000' };

/** Enough for both to publish the same messages, side by side. */
const TOGETHER_MS = 500;

async function ready({ port }: Child): Promise<void> {
  await poll(async () => {
    const { status } = await fetch(`http://127.0.0.1:${port}/health/ready`);
    assert.equal(status, 200);
  });
}

test('a new revision starts, is ready, and the old one is told to stop: nothing is lost, nothing doubled, both ledgers balance', async () => {
  await using server = await startNatsServer();
  await using chat = await startChatServer();
  using talk = new Talk(chat, seededRandom(1), Infinity);
  const start = (dataDir: string) => startChild({ natsUrl: server.url, chat, dataDir, env });
  await using oldDir = await temporaryDirectory();
  await using newDir = await temporaryDirectory();

  await using old = await start(oldDir.path);
  await ready(old);
  talk.begin();
  await using successor = await start(newDir.path);
  await ready(successor);
  await pause(TOGETHER_MS);
  old.process.signalGroup('SIGTERM');
  const before = await lastLedger(old);
  talk.say(100);
  talk.end();
  await successor.session.roundTrip();
  successor.process.signalGroup('SIGTERM');
  const after = await lastLedger(successor);

  const stored = await readStored(server);
  assertExactly(
    stored,
    talk.said.map(({ id }) => id),
  );
  for (const { code, ledger } of [before, after]) {
    assert.equal(code, 0);
    assert.ok(isBalanced(ledger), JSON.stringify(ledger));
    assert.deepEqual([ledger.queued, ledger.deadLettered, ledger.dropped], [0, 0, 0]);
  }
  assert.equal(
    before.ledger.published + after.ledger.published,
    stored.length,
    'each is stored by one of them',
  );
  const together = before.ledger.received + after.ledger.received - stored.length;
  assert.ok(together > 0, 'for a while both were reading');
  assert.equal(
    before.ledger.duplicates + after.ledger.duplicates,
    together,
    'what both read, one found there',
  );
});
