import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWebSocket } from '../../../gateway/twitch/socket.ts';
import { startSupervisor, type Supervisor } from '../../../gateway/twitch/supervisor.ts';
import { startChatServer, type ChatServer } from '../../../scripts/stand-in/chat-server.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { NO_PACE_MEMORY } from '../../../gateway/twitch/pace-memory.ts';

/** Real sockets, but deadlines that pass when the test says so. */
type Scene = AsyncDisposable & {
  readonly server: ChatServer;
  readonly clock: VirtualClock;
  readonly supervisor: Supervisor;
  readonly ended: string[];
  /** Waits, turn by turn of the event loop, until `look` is true. */
  until(look: () => boolean): Promise<void>;
  /** Lets so much time pass, and the sockets be read before each deadline is believed. */
  pass(ms: number): Promise<void>;
};

function ignore(): void {}

async function until(look: () => boolean): Promise<void> {
  while (!look()) await new Promise((resolve) => setImmediate(resolve));
}

async function read(server: ChatServer, channels: readonly string[]): Promise<Scene> {
  const clock = new VirtualClock(0);
  const ended: string[] = [];
  const supervisor = startSupervisor({
    url: server.url,
    channels,
    login: undefined,
    token: undefined,
    channelsPerConnection: 40,
    idlePingMs: 5_000,
    pongTimeoutMs: 5_000,
    reconnectInitialMs: 1_000,
    reconnectMaxMs: 30_000,
    joinLimit: 20,
    paceMemory: NO_PACE_MEMORY,
    clock,
    random: () => 0.5,
    openSocket: openWebSocket,
    onChatLine: ignore,
    recordLine: undefined,
    events: {
      connectionOpened: ignore,
      connectionRegistered: ignore,
      connectionOutgoing: ignore,
      connectionEnded: (ending) => ended.push(ending),
      loginRefused: ignore,
      channelJoined: ignore,
      channelRefused: ignore,
      channelLeftFirst: ignore,
      gapClosed: ignore,
      lineIgnored: ignore,
      roundTrip: ignore,
    },
  });
  return {
    server,
    clock,
    supervisor,
    ended,
    until,
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += 500) {
        clock.advance(500);
        for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async [Symbol.asyncDispose]() {
      const stopped = supervisor.stop();
      clock.advance(1_000);
      await until(() => clock.pending === 0);
      await stopped;
    },
  };
}

test('over real sockets, a handshake that hangs is given up after ten seconds and tried again at once', async () => {
  await using server = await startChatServer();
  server.script.handshake = 'hang';
  await using scene = await read(server, ['a']);
  await scene.pass(9_500);
  assert.deepEqual(scene.ended, []);
  server.script.handshake = 'accept';
  await scene.pass(1_000);
  assert.deepEqual(scene.ended, ['handshake_timeout']);
  await server.joined('a');
});

test('over real sockets, a server that accepts and says nothing is given up ten seconds after the login', async () => {
  await using server = await startChatServer();
  server.script.mute = 'everything';
  await using scene = await read(server, ['a']);
  await server.waitFor('the login', () =>
    server.sessions[0]?.heard.some(({ line }) => line.startsWith('NICK')),
  );
  await scene.pass(9_500);
  assert.deepEqual(scene.ended, []);
  server.script.mute = 'nothing';
  await scene.pass(1_000);
  assert.deepEqual(scene.ended, ['login_timeout']);
  await server.joined('a');
});

test('over real sockets, a JOIN that nobody answers is given up after ten seconds, and nothing else', async () => {
  await using server = await startChatServer();
  server.script.refusals.set('ghost', 'ghost');
  server.script.refusals.set('full', 'msg_concurrent_channel_limit_reached');
  await using scene = await read(server, ['a', 'full', 'ghost']);
  const reasons = () => scene.supervisor.status().channels.map(({ reason }) => reason);
  await server.joined('a');
  await scene.until(() => reasons()[1] === 'msg_concurrent_channel_limit_reached');
  await scene.pass(10_500);
  assert.deepEqual(reasons(), [null, 'msg_concurrent_channel_limit_reached', 'no_answer']);
  assert.deepEqual([scene.ended, server.sessions.length], [[], 1]);
});

test('over real sockets, a half-open connection is replaced when its PONG is overdue', async () => {
  await using server = await startChatServer();
  await using scene = await read(server, ['a']);
  const session = await server.joined('a');
  await scene.until(() => scene.supervisor.status().channels[0]?.state === 'joined');
  session.goHalfOpen();
  await scene.pass(11_000);
  const next = await server.waitFor('the successor', () =>
    server.registered.find((other) => other !== session && other.channels.has('a')),
  );
  await scene.until(() => scene.ended.length > 0);
  assert.deepEqual(scene.ended, ['ping_timeout']);
  assert.equal(next.phase, 'registered');
  const [gap] = scene.supervisor.status().channels[0]?.gaps ?? [];
  assert.equal(gap?.reason, 'ping_timeout');
  assert.notEqual(gap?.to, null);
});
