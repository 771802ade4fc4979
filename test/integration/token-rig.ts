import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../gateway/clock.ts';
import type { Envelope } from '../../shared/envelope.ts';
import { startChatServer, type ChatServer } from '../../scripts/stand-in/chat-server.ts';
import { FakeBus } from '../fakes/fake-bus.ts';
import type { Issued } from '../fakes/twitch-id-accounts.ts';
import { startTwitchId, type TwitchIdServer } from '../fakes/twitch-id-server.ts';
import { temporaryDirectory } from './gateway-process.ts';
import { runGateway, type TestGateway } from './running-gateway.ts';

/** With characters that look otherwise in an address. */
export const CLIENT_SECRET = 'client/canary+&=%1';

const CHANNELS = ['alpha', 'beta', 'gamma'];

/** Longer than any test. */
const WATCH_MS = 120_000;

/** A stand-in for chat, which knows the tokens that the stand-in for the id service issues, and a gateway between them. */
export type TokenRig = AsyncDisposable & {
  readonly chat: ChatServer;
  readonly id: TwitchIdServer;
  readonly bus: FakeBus;
  readonly tokenFile: string;
  /** Of a gateway, but for DATA_DIR and PORT. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts one in this process. */
  run(env?: Readonly<Record<string, string>>): Promise<TestGateway>;
  /** Puts a token where the gateway looks for it. */
  store(issued: Issued): Promise<void>;
};

export async function tokenRig(): Promise<TokenRig> {
  await using stack = new AsyncDisposableStack();
  const chat = stack.use(await startChatServer());
  const id = stack.use(await startTwitchId());
  const { path } = stack.use(await temporaryDirectory());
  chat.script.tokens = holding(id);
  process.env['TWURPLE_MOCK_API_PORT'] = String(id.port);
  stack.defer(() => void delete process.env['TWURPLE_MOCK_API_PORT']);
  const bus = new FakeBus(systemClock, 1);
  const tokenFile = join(path, 'token.json');
  const env = {
    TWITCH_CHANNELS: CHANNELS.join(),
    TWITCH_IRC_URL: chat.url,
    TWITCH_BOT_USERNAME: 'bridge_bot',
    TWITCH_CLIENT_ID: 'client_id_1',
    TWITCH_CLIENT_SECRET: CLIENT_SECRET,
    TOKEN_FILE: tokenFile,
    IRC_JOIN_LIMIT: '1000',
  };
  const everything = stack.move();
  return {
    env,
    chat,
    id,
    bus,
    tokenFile,
    async run(wishes = {}) {
      const running = everything.use(await runGateway({ ...env, ...wishes }, bus.open));
      bus.link('up');
      return running;
    },
    store: (issued) => writeFile(tokenFile, JSON.stringify(documentOf(issued))),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

export function documentOf(issued: Issued): Readonly<Record<string, unknown>> {
  const { accessToken, refreshToken, scopes, expiresIn, issuedAt, userId } = issued;
  return { accessToken, refreshToken, scope: scopes, expiresIn, obtainmentTimestamp: issuedAt, userId };
}

/** The tokens that hold at the moment of asking. */
export function holding(id: TwitchIdServer): ReadonlySet<string> {
  const tokens = new Set<string>();
  tokens.has = (token) => id.tokens.valid(token) !== undefined;
  return tokens;
}

/**
 * Talks in every channel without a pause, and watches that every channel is always read.
 *
 * @returns stops; what was said and not stored exactly once, and when a channel was without a reader
 */
export function talk(
  { chat, bus }: TokenRig,
  running: TestGateway,
): () => Promise<{ lost: string[]; doubled: string[]; unread: string[] }> {
  const said: string[] = [];
  const watch = watchReaders(chat, CHANNELS);
  const talking = setInterval(() => {
    for (const channel of CHANNELS) {
      const id = `line-${said.length}`;
      said.push(id);
      chat.deliver(`@id=${id} :ada!ada@ada.tmi.twitch.tv PRIVMSG #${channel} :hello`);
    }
  }, 5).unref();
  return async () => {
    clearInterval(talking);
    const unread = watch.end();
    await Promise.all(chat.registered.map((session) => session.roundTrip().catch(() => undefined)));
    await running.gateway.stop('the talk is over');
    const stored = bus.stored.map(({ body }) => (JSON.parse(Buffer.from(body).toString()) as Envelope).id);
    const once = new Set(stored);
    return {
      lost: said.filter((id) => !once.has(id)),
      doubled: stored.filter((id, index) => stored.indexOf(id) !== index),
      unread,
    };
  };
}

/**
 * Looks at every event of the chat server, from now until `end`, whether a session is in every channel.
 *
 * @returns `end` tells the channels that were found without one, each time
 */
export function watchReaders(chat: ChatServer, channels: readonly string[]): { end(): string[] } {
  const unread: string[] = [];
  let isOver = false;
  const look = (): boolean => {
    const read = new Set(chat.registered.flatMap((session) => [...session.channels]));
    if (!isOver) unread.push(...channels.filter((name) => !read.has(name)));
    return isOver;
  };
  // Whatever goes wrong in between is seen by whoever talks.
  void chat.waitFor('the watch to be over', look, WATCH_MS).catch(() => undefined);
  return {
    end() {
      isOver = true;
      return unread;
    },
  };
}

/** Every channel is read, and by nobody but the account (or `anonymous`). */
export function readBy({ chat }: TokenRig, running: TestGateway, identity: string): Promise<unknown> {
  const isReader = ({ login }: { login: string }) =>
    identity === 'anonymous' ? login.startsWith('justinfan') : login === identity;
  return running.until(`chat to be read by ${identity}`, () => {
    const { state, identity: shown } = running.gateway.status().chat;
    const [reader, ...others] = chat.registered;
    const isAlone = reader !== undefined && others.length === 0 && isReader(reader);
    return state === 'connected' && shown === identity && isAlone && reader.channels.size === CHANNELS.length;
  });
}

export function codes({ gateway }: TestGateway): readonly string[] {
  return gateway.status().degraded.map(({ code }) => code);
}
