import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { isBalanced } from '../../gateway/ledger.ts';
import { startChatServer, type ChatServer } from '../../scripts/stand-in/chat-server.ts';
import { seededRandom } from '../../scripts/stand-in/seeded-random.ts';
import { startNatsServer } from '../fakes/nats-server.ts';
import { assertExactly } from '../fakes/stream-audit.ts';
import { startTwitchId, type TwitchIdServer } from '../fakes/twitch-id-server.ts';
import { GatewayProcess, temporaryDirectory } from '../integration/gateway-process.ts';
import { holding, watchReaders } from '../integration/token-rig.ts';
import { lastLedger, startChild } from './delivery/nats-child.ts';
import { readStored } from './delivery/stream-admin.ts';
import { CHANNELS, Talk } from './delivery/talk.ts';

type Env = Readonly<Record<string, string>>;

/** A person signs in as the README says. */
async function signIn(id: TwitchIdServer, env: Env): Promise<void> {
  const codes = id.count('device');
  await using authorize = new GatewayProcess(process.execPath, ['scripts/authorize.ts'], env);
  await id.askedTimes('device', codes + 1);
  await id.until('the code to be waited for', () => id.asked.at(-1)?.form['device_code'] !== undefined);
  id.approve();
  const { code } = await authorize.ended();
  assert.equal(code, 0, authorize.stderr);
}

/** Every channel is read, and by nobody else. */
function readBy(chat: ChatServer, login: RegExp): Promise<unknown> {
  return chat.waitFor(
    `chat to be read by ${login}`,
    () =>
      chat.registered.every((session) => login.test(session.login)) &&
      CHANNELS.every((name) => chat.registered.some(({ channels }) => channels.has(name))),
  );
}

const BOT = /^bridge_bot$/;
const ANYBODY = /^justinfan/;

test('an account signs in, is refreshed, outlives a time without Twitch, is revoked and signs in again: chat is read throughout, every line stored once', async () => {
  await using server = await startNatsServer();
  await using chat = await startChatServer();
  await using id = await startTwitchId();
  await using directory = await temporaryDirectory();
  using talk = new Talk(chat, seededRandom(1));
  chat.script.tokens = holding(id);
  id.tokens.refreshTokens = 'one-time';
  id.tokens.life = 6;
  const account = {
    ...id.env,
    TWITCH_BOT_USERNAME: 'bridge_bot',
    TWITCH_CLIENT_ID: 'our-app',
    TOKEN_FILE: join(directory.path, 'token.json'),
  };
  await signIn(id, account);

  const env = { ...account, IRC_JOIN_LIMIT: '1000', PUBLISH_TIMEOUT_MS: '30000' };
  await using gateway = await startChild({ natsUrl: server.url, chat, dataDir: directory.path, env });
  const readers = watchReaders(chat, CHANNELS);
  talk.begin();
  await readBy(chat, BOT);

  await chat.waitFor('the first connection to be replaced', () => gateway.session.phase === 'ended');
  await readBy(chat, BOT);

  id.script.token = { status: 503, body: 'try later' };
  await readBy(chat, ANYBODY);
  id.script.token = undefined;
  await readBy(chat, BOT);

  for (const issued of id.tokens.all) id.tokens.revoke(issued);
  await readBy(chat, ANYBODY);
  await gateway.process.logged('token: a person must act');
  await signIn(id, account);
  await readBy(chat, BOT);

  talk.end();
  assert.deepEqual(readers.end(), [], 'channels that nobody read');
  await Promise.all(chat.registered.map((session) => session.roundTrip().catch(() => undefined)));
  gateway.process.signalGroup('SIGTERM');
  const { code, ledger } = await lastLedger(gateway);
  assert.equal(code, 0);
  assert.ok(isBalanced(ledger), JSON.stringify(ledger));
  assert.deepEqual([ledger.queued, ledger.deadLettered, ledger.dropped], [0, 0, 0]);
  assertExactly(
    await readStored(server),
    talk.said.map((message) => message.id),
  );
});
