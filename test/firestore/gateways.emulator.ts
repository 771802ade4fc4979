import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../gateway/clock.ts';
import type { Token } from '../../gateway/tokens/token.ts';
import { openTokenStore } from '../../gateway/tokens/open-token-store.ts';
import type { TokenStore } from '../../gateway/tokens/token-store.ts';
import { startChatServer, type ChatServer } from '../../scripts/stand-in/chat-server.ts';
import type { Issued } from '../fakes/twitch-id-accounts.ts';
import { startTwitchId, type TwitchIdServer } from '../fakes/twitch-id-server.ts';
import { nodeMain, temporaryDirectory, type GatewayProcess } from '../integration/gateway-process.ts';
import { holding } from '../integration/token-rig.ts';

const CHANNELS = ['alpha', 'beta'];
/** Long enough that both gateways are up before the first half of it, after which they refresh, is over. */
const LIFE_S = 16;
/** Said at the start, of the emulator and of Twitch's stand-in. */
const ABOUT_STAND_INS = 'check the configuration';

/** Chat and Twitch's id service, a document of Firestore, and gateways that share it, each a process of its own. */
type Rig = {
  readonly chat: ChatServer;
  readonly id: TwitchIdServer;
  readonly store: TokenStore;
  start(): Promise<GatewayProcess>;
};

async function rig(t: TestContext): Promise<Rig> {
  const stack = new AsyncDisposableStack();
  t.after(() => stack.disposeAsync());
  const chat = stack.use(await startChatServer());
  const id = stack.use(await startTwitchId());
  chat.script.tokens = holding(id);
  id.tokens.refreshTokens = 'one-time';
  const settings = {
    TOKEN_STORE: 'firestore',
    TOKEN_DOC_PATH: `oauth/twitch/${randomUUID()}`,
    GOOGLE_CLOUD_PROJECT: 'demo-ingress-egress',
    TOKEN_FILE: '',
  } as const;
  const store = openTokenStore(settings, systemClock);
  stack.defer(() => store.close());
  return {
    chat,
    id,
    store,
    async start() {
      const { path } = stack.use(await temporaryDirectory());
      const gateway = nodeMain({
        ...settings,
        ...id.env,
        FIRESTORE_EMULATOR_HOST: process.env['FIRESTORE_EMULATOR_HOST'] ?? '',
        TWITCH_CHANNELS: CHANNELS.join(),
        TWITCH_IRC_URL: chat.url,
        TWITCH_BOT_USERNAME: 'bridge_bot',
        TWITCH_CLIENT_ID: 'our-app',
        DATA_DIR: path,
        PORT: '0',
      });
      return stack.use(gateway);
    },
  };
}

function tokenOf({ accessToken, refreshToken, scopes: scope, expiresIn, issuedAt, userId }: Issued): Token {
  return { accessToken, refreshToken, scope, expiresIn, obtainmentTimestamp: issuedAt, userId };
}

/** So many sessions are in every channel, each of them the account's. */
function readers({ chat }: Rig, count: number): Promise<unknown> {
  return chat.waitFor(`${count} sessions of the account`, () => {
    const { registered } = chat;
    const isReader = ({ login, channels }: (typeof registered)[number]) =>
      login === 'bridge_bot' && CHANNELS.every((name) => channels.has(name));
    return registered.length === count && registered.every(isReader);
  });
}

function isComplaint(severity: unknown): boolean {
  return severity === 'ERROR' || severity === 'WARNING';
}

/** What the document holds now, as far as Twitch still takes it. */
async function validStored({ id, store }: Rig): Promise<Issued | undefined> {
  const stored = await store.load();
  return stored && id.tokens.valid(stored.token.accessToken);
}

test('a token is loaded, refreshed and saved, and one that somebody puts there is used without a restart', async (t) => {
  const around = await rig(t);
  const { chat, id, store } = around;
  const old = id.tokens.issue();
  id.tokens.expire(old);
  await store.save({ ...tokenOf(old), obtainmentTimestamp: 0 }, undefined);
  const gateway = await around.start();
  await readers(around, 1);
  await gateway.logged('token: refreshed');
  const saved = await store.load();
  assert.ok(saved);
  assert.equal(saved.token.accessToken, id.tokens.all[1]?.accessToken);

  const other = id.tokens.issue();
  const sessions = chat.sessions.length;
  assert.equal((await store.save(tokenOf(other), saved.version)).kind, 'saved');
  await chat.waitFor('a session with it', () => chat.sessions.length > sessions);
  await readers(around, 1);
  assert.equal((await store.load())?.token.accessToken, other.accessToken);
});

test('of two gateways that refresh at once, with a refresh token that serves once, neither loses the account or asks for a person', async (t) => {
  const around = await rig(t);
  const { chat, id, store } = around;
  const first = id.tokens.issue(undefined, LIFE_S);
  await store.save(tokenOf(first), undefined);
  const gateways = [await around.start(), await around.start()];
  await readers(around, 2);
  // The first to ask has used the refresh token up long before it has the next one.
  id.next('token', { lateMs: 1000 });
  await id.askedTimes('token', 2);
  await chat.waitFor('both to have replaced their sessions', () => chat.sessions.length === 4);
  await readers(around, 2);
  assert.equal(id.tokens.all.length, 2, 'one refresh, one token');
  assert.equal((await validStored(around))?.accessToken, id.tokens.all[1]?.accessToken);
  for (const { log } of gateways)
    assert.deepEqual(
      log.filter(({ severity, message }) => isComplaint(severity) && message !== ABOUT_STAND_INS),
      [],
    );
});
