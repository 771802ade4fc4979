import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../gateway/clock.ts';
import type { Envelope } from '../../shared/envelope.ts';
import { startChatServer, type ChatServer } from '../../scripts/stand-in/chat-server.ts';
import type { ChatSession } from '../../scripts/stand-in/chat-session.ts';
import { FakeBus } from '../fakes/fake-bus.ts';
import { runGateway, type TestGateway } from './running-gateway.ts';

const CHANNELS = Array.from({ length: 20 }, (_, index) => `channel_${index}`);

const idsOf = (bus: FakeBus): string[] =>
  bus.stored.map(({ body }) => (JSON.parse(Buffer.from(body).toString()) as Envelope).id);

const isEverywhere = ({ channels }: ChatSession): boolean => channels.size === CHANNELS.length;

async function readAll(chat: ChatServer, bus: FakeBus, env: Record<string, string>): Promise<TestGateway> {
  const running = await runGateway(
    { TWITCH_CHANNELS: CHANNELS.join(' '), TWITCH_IRC_URL: chat.url, IRC_JOIN_LIMIT: '100', ...env },
    bus.open,
  );
  bus.link('up');
  await chat.waitFor('everything to be joined', () => chat.registered.find(isEverywhere));
  await running.until('its answer to be read', () =>
    running.gateway.status().chat.channels.every(({ state }) => state === 'joined'),
  );
  return running;
}

function successorOf(chat: ChatServer, old: ChatSession): Promise<ChatSession> {
  return chat.waitFor('the successor', () =>
    chat.registered.find((session) => session !== old && isEverywhere(session)),
  );
}

test('RECONNECT while everybody talks: the new connection is in every channel before the old one goes, and each line is stored once', async () => {
  await using chat = await startChatServer();
  const bus = new FakeBus(systemClock, 1);
  await using running = await readAll(chat, bus, {});
  const [old] = chat.registered;
  assert.ok(old);
  const said: string[] = [];
  const talk = (): void => {
    for (const channel of CHANNELS) {
      const id = `line-${said.length}`;
      said.push(id);
      chat.deliver(`@id=${id} :ada!ada@ada.tmi.twitch.tv PRIVMSG #${channel} :hello`);
    }
  };
  talk();
  old.reconnect();
  const talking = setInterval(talk, 2);
  const successor = await successorOf(chat, old);
  await chat.waitFor('the old connection to go', () => old.phase === 'ended');
  clearInterval(talking);
  talk();
  await successor.roundTrip();
  const { chat: status } = running.gateway.status();
  assert.deepEqual([status.state, status.reconnects], ['connected', 1]);
  assert.ok(status.channels.every(({ gaps }) => gaps.length === 0));
  const { ledger } = await running.gateway.stop('the end');
  assert.deepEqual(idsOf(bus).toSorted(), said.toSorted());
  assert.equal(ledger.received - ledger.duplicates, said.length);
});

test('RECONNECT with the old socket closed at once: each channel has a gap that ends with its JOIN, shown, logged and counted', async () => {
  await using chat = await startChatServer();
  const bus = new FakeBus(systemClock, 1);
  await using running = await readAll(chat, bus, {});
  const [old] = chat.registered;
  assert.ok(old);
  const closedAt = performance.now();
  old.reconnect();
  old.close();
  await successorOf(chat, old);
  const gaps = await running.until('the gaps', () => {
    const { channels } = running.gateway.status().chat;
    return channels.every(({ state }) => state === 'joined') && channels.flatMap((one) => one.gaps);
  });
  const elapsed = performance.now() - closedAt;
  assert.equal(gaps.length, CHANNELS.length);
  for (const { from, to, reason } of gaps) {
    assert.equal(reason, 'reconnect_requested');
    assert.ok(to !== null && to >= from && to - from <= elapsed + 1, `${from} to ${to}, in ${elapsed} ms`);
  }
  assert.equal(
    running.logged.filter(({ message }) => message === 'chat: channel was not read').length,
    CHANNELS.length,
  );
  const page = await (await fetch(`http://127.0.0.1:${running.gateway.port}/metrics`)).text();
  const [, counted] = /gap_seconds_total\{reason="reconnect_requested"\} (\S+)/.exec(page) ?? [];
  const seconds = gaps.reduce((sum, { from, to }) => sum + (to ?? from) - from, 0) / 1_000;
  assert.ok(Math.abs(Number(counted) - seconds) < 0.001, `${counted} is not ${seconds}`);
});

test('a half-open connection is noticed in time, replaced, and its gap told', async () => {
  await using chat = await startChatServer();
  const bus = new FakeBus(systemClock, 1);
  await using running = await readAll(chat, bus, { IRC_IDLE_PING_MS: '500', IRC_PONG_TIMEOUT_MS: '500' });
  const [old] = chat.registered;
  assert.ok(old);
  old.goHalfOpen();
  const cutAt = performance.now();
  const successor = await successorOf(chat, old);
  assert.ok(successor.openedAt - cutAt < 500 + 500 + 1_000);
  await running.until('the gaps', () =>
    running.gateway.status().chat.channels.every(({ gaps }) => gaps.length === 1 && gaps[0]?.to !== null),
  );
  const ended = running.logged.filter(({ message }) => message === 'chat: connection ended');
  assert.deepEqual(
    ended.map(({ fields }) => fields['reason']),
    ['ping_timeout'],
  );
});

for (const [what, spoil, reason] of [
  ['bytes that are no WebSocket', (session: ChatSession) => session.garble(), 'protocol_error'],
  ['a line without an end', (session: ChatSession) => session.frame('x'.repeat(100_000)), 'line_too_long'],
  [
    'a frame beyond measure',
    (session: ChatSession) => session.frame('x\n'.repeat(200_000)),
    'frame_too_long',
  ],
] as const) {
  test(`${what} cost a reconnect within a second, and no more`, async () => {
    await using chat = await startChatServer();
    const bus = new FakeBus(systemClock, 1);
    await using running = await readAll(chat, bus, {});
    const [old] = chat.registered;
    assert.ok(old);
    const spoiltAt = performance.now();
    spoil(old);
    const next = await chat.waitFor('the next connection', () => chat.sessions[1]);
    assert.ok(next.openedAt - spoiltAt < 1_000);
    await successorOf(chat, old);
    const gaps = await running.until('the gaps', () => {
      const { channels } = running.gateway.status().chat;
      return channels.every(({ state }) => state === 'joined') && channels.flatMap((one) => one.gaps);
    });
    assert.deepEqual(
      gaps.map((gap) => gap.reason),
      CHANNELS.map(() => reason),
    );
  });
}
