import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../gateway/clock.ts';
import { isBalanced } from '../../gateway/ledger.ts';
import type { Envelope } from '../../shared/envelope.ts';
import { startChatServer } from '../../scripts/stand-in/chat-server.ts';
import { differences } from '../../scripts/said-and-stored.ts';
import { LIVELY_CHANNELS, livelyChat } from '../../scripts/stand-in/lively-chat.ts';
import { FakeBus } from '../fakes/fake-bus.ts';
import { runGateway } from './running-gateway.ts';

const privmsg = (channel: string, id: string, text: string): string =>
  `@id=${id};tmi-sent-ts=1700000000000 :ada!ada@ada.tmi.twitch.tv PRIVMSG #${channel} :${text}`;

const idsOf = (bus: FakeBus): string[] =>
  bus.stored.map(({ body }) => (JSON.parse(Buffer.from(body).toString()) as Envelope).id);

test('a refused login, a failing bus and a RECONNECT on one day: every line is stored once, in order', async () => {
  await using chat = await startChatServer();
  chat.script.loginRefusal = 'Login authentication failed';
  const bus = new FakeBus(systemClock, 1);
  const env = {
    TWITCH_CHANNELS: 'alpha,beta',
    TWITCH_IRC_URL: chat.url,
    TWITCH_BOT_USERNAME: 'somebot',
    TWITCH_BOT_ACCESS_TOKEN: 'oauth:verysecrettoken',
    PUBLISH_MAX_IN_FLIGHT: '1',
    PUBLISH_TIMEOUT_MS: '50',
    PUBLISH_BASE_DELAY_MS: '5',
    PUBLISH_MAX_DELAY_MS: '20',
  };
  await using running = await runGateway(env, bus.open);
  const { gateway, logged } = running;
  bus.link('up');

  const refused = await chat.waitFor('a refused login', () =>
    chat.sessions.find((session) => session.phase === 'ended'),
  );
  assert.equal(refused.login, 'somebot');
  chat.script.loginRefusal = undefined;
  const first = await chat.joined('beta');
  assert.match(first.login ?? '', /^justinfan\d+$/);
  assert.ok(gateway.status().degraded.some(({ code }) => code === 'anonymous'));

  bus.failNext(1, 'silence');
  bus.failNext(1, { kind: 'refused', code: 'stream_full', error: 'maximum bytes exceeded' });
  const lines = Array.from({ length: 20 }, (_, i) =>
    privmsg(i % 2 ? 'alpha' : 'beta', `first-${i}`, `line ${i}`),
  );
  first.say(...lines.slice(0, 10), 'PING :are you there', ...lines.slice(10));
  await chat.waitFor('the PONG', () => first.heard.some(({ line }) => line === 'PONG :are you there'));

  first.reconnect(0);
  const second = await chat.waitFor('a new session', () =>
    chat.registered.find((session) => session !== first && session.channels.size === 2),
  );
  second.say(privmsg('alpha', 'second-0', 'still here'), privmsg('beta', 'second-1', 'me too'));
  await second.roundTrip();
  assert.equal(gateway.status().ledger.received, 22);

  const { ledger, dropped } = await gateway.stop('SIGTERM');
  assert.equal(dropped, 0);
  assert.ok(isBalanced(ledger));
  assert.equal(ledger.published, 22);
  const expected = [...lines.map((_, i) => `first-${i}`), 'second-0', 'second-1'];
  assert.deepEqual(idsOf(bus), expected);
  assert.equal(logged.at(-1)?.message, 'stopped');
  assert.deepEqual(logged.at(-1)?.fields['ledger'], ledger);
  assert.doesNotMatch(JSON.stringify(logged), /verysecrettoken|still here/);
});

test('the readiness and the debug page follow chat as it goes and comes back', async () => {
  await using chat = await startChatServer();
  const bus = new FakeBus(systemClock, 1);
  const env = { TWITCH_CHANNELS: 'alpha', TWITCH_IRC_URL: chat.url };
  await using running = await runGateway(env, bus.open);
  bus.link('up');
  const isReady = async (): Promise<boolean> => (await running.get('/readyz')).status === 200;

  const session = await chat.joined('alpha');
  await session.roundTrip();
  assert.equal(await isReady(), true);

  chat.script.handshake = 'refuse';
  session.reset();
  await running.until('the loss to be noticed', () => running.gateway.status().chat.state === 'reconnecting');
  assert.equal(await isReady(), false);
  const { body } = await running.get('/_debug/twitch');
  assert.equal((body as { state: string }).state, 'reconnecting');
  assert.equal((await running.get('/livez')).status, 200);

  chat.script.handshake = 'accept';
  const next = await chat.joined('alpha');
  await next.roundTrip();
  assert.equal(await isReady(), true);
  const { channels, reconnects } = (await running.get('/_debug/twitch')).body as {
    channels: { gaps: { reason: string; to: string | null }[] }[];
    reconnects: number;
  };
  assert.equal(reconnects, 1);
  assert.equal(channels[0]?.gaps[0]?.reason, 'closed');
  assert.notEqual(channels[0]?.gaps[0]?.to, null);
});

test('a bus that goes away makes the gateway unready, and nothing is lost', async () => {
  await using chat = await startChatServer();
  const bus = new FakeBus(systemClock, 1);
  await using running = await runGateway({ TWITCH_CHANNELS: 'alpha', TWITCH_IRC_URL: chat.url }, bus.open);
  bus.link('up');
  const session = await chat.joined('alpha');
  session.say(privmsg('alpha', 'one', 'before'));
  await running.until('the first', () => bus.stored.length === 1);
  bus.link('down', 'connection refused');
  session.say(privmsg('alpha', 'two', 'meanwhile'), privmsg('alpha', 'two', 'meanwhile'));
  await session.roundTrip();
  assert.equal((await running.get('/readyz')).status, 503);
  assert.deepEqual((await running.get('/healthz')).status, 200);
  assert.equal(running.gateway.status().queue.waiting, 1);
  bus.link('up');
  await running.until('the second', () => bus.stored.length === 2);
  const { ledger } = await running.gateway.stop('the end');
  assert.deepEqual([ledger.received, ledger.published, ledger.duplicates], [3, 2, 1]);
});

test('a lively evening arrives on the bus as it was said', async () => {
  await using chat = await startChatServer();
  const bus = new FakeBus(systemClock, 1);
  const env = { TWITCH_CHANNELS: LIVELY_CHANNELS.join(' '), TWITCH_IRC_URL: chat.url };
  await using running = await runGateway(env, bus.open);
  bus.link('up');
  await Promise.all(LIVELY_CHANNELS.map((channel) => chat.joined(channel)));
  const said = [...livelyChat({ seed: 7, round: 0, channels: LIVELY_CHANNELS, now: () => Date.now() })];
  for (const { line } of said) chat.deliver(line);
  await chat.registered[0]?.roundTrip();
  const { ledger } = await running.gateway.stop('the end');
  assert.equal(ledger.published, said.length);
  assert.deepEqual(differences(said, bus.stored), []);
});
