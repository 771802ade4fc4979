import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket as TcpSocket } from 'node:net';
import { test } from 'node:test';
import { WebSocketServer } from 'ws';
import { systemClock } from '../../../gateway/clock.ts';
import type { Connection } from '../../../gateway/twitch/connection.ts';
import { openWebSocket } from '../../../gateway/twitch/socket.ts';
import { startChatServer, type ChatServer } from '../../../scripts/stand-in/chat-server.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { chatLine, recordConnection, type RecordedConnection } from './recorded-connection.ts';

function read(server: ChatServer): RecordedConnection {
  return recordConnection(server.url, openWebSocket, systemClock, joinA);
}

function joinA(connection: Connection): void {
  connection.join(['a']);
}

/** Waits until `look` is true, turn by turn of the event loop. */
async function eventually(look: () => boolean): Promise<void> {
  while (!look()) await new Promise((resolve) => setImmediate(resolve));
}

/** A TCP server that answers everybody with `answer`, or never. */
async function listen(answer: string | undefined): Promise<AsyncDisposable & { readonly url: string }> {
  const sockets = new Set<TcpSocket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', () => answer !== undefined && socket.end(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

test('over a real WebSocket, a connection reads lines that come over several frames, text and binary, and answers the PING among them', async () => {
  await using server = await startChatServer();
  const { chat, connection, ended } = read(server);
  const session = await server.joined('a');
  session.frame(chatLine('in two').slice(0, 20));
  session.frame(Buffer.from(`${chatLine('in two').slice(20)}\r\n`), 'binary');
  session.frame(`${chatLine('same frame')}\r\nPING :there?\r\n${chatLine('behind the PING')}\r\n`);
  await server.waitFor('the PONG', () => session.heard.some(({ line }) => line === 'PONG :there?'));
  connection.leave();
  assert.equal(await ended, 'stopped');
  assert.deepEqual(chat, [chatLine('in two'), chatLine('same frame'), chatLine('behind the PING')]);
  await server.waitFor('our close frame', () => session.ended?.code === 1005);
});

test('over a real WebSocket, a connection survives garbage and invalid UTF-8 in a text frame', async () => {
  await using server = await startChatServer();
  const { chat, log, connection, ended } = read(server);
  const session = await server.joined('a');
  session.frame(Buffer.of(0xff, 0xfe, 0x00, 0x0a, 0xc3, 0x28, 0x0d, 0x0a));
  session.frame(Buffer.concat([Buffer.from(chatLine('caf')), Buffer.of(0xe9, 0x0d, 0x0a)]));
  await session.roundTrip();
  assert.deepEqual(chat, [chatLine('caf\uFFFD')]);
  assert.ok(log.some((entry) => entry.endsWith('damaged')));
  connection.leave();
  await ended;
});

test('over a real WebSocket, a connection ends with line_too_long when 100 KB come without an end', async () => {
  await using server = await startChatServer();
  const { chat, ended } = read(server);
  const session = await server.joined('a');
  session.frame(`${chatLine('before')}\r\n${'x'.repeat(100_000)}`);
  assert.equal(await ended, 'line_too_long');
  assert.deepEqual(chat, [chatLine('before')]);
});

test('over a real WebSocket, a connection reads a frame of 256 KiB and ends with frame_too_long beyond it', async () => {
  await using server = await startChatServer();
  const { chat, ended } = read(server);
  const session = await server.joined('a');
  const lines = `${chatLine('y'.repeat(962))}\r\n`.repeat(256);
  const filler = '\n'.repeat(256 * 1024 - lines.length);
  session.frame(lines + filler);
  session.frame(`${lines}${filler}\n`);
  assert.equal(await ended, 'frame_too_long');
  assert.equal(chat.length, 256);
});

for (const end of ['close', 'reset'] as const) {
  test(`over a real WebSocket, a connection ends with closed after a ${end} by the server`, async () => {
    await using server = await startChatServer();
    const { ended } = read(server);
    const session = await server.joined('a');
    session[end]();
    assert.equal(await ended, 'closed');
  });
}

for (const [end, isWhole] of [
  ['close', true],
  ['reset', false],
] as const) {
  test(`a WebSocket says of a ${end} ${isWhole ? 'that all has' : 'that not all may have'} arrived`, async () => {
    await using server = await startChatServer();
    const closed = Promise.withResolvers<boolean>();
    const socket = openWebSocket(server.url, {
      onOpen: () => socket.send('NICK justinfan1\r\nJOIN #a\r\n'),
      onFrame: () => undefined,
      onClosed: (_ending, _detail, whole) => closed.resolve(whole),
    });
    (await server.joined('a'))[end]();
    assert.equal(await closed.promise, isWhole);
  });
}

test('over a real WebSocket, a connection ends with login_refused when the server says no', async () => {
  await using server = await startChatServer();
  server.script.loginRefusal = 'Login unsuccessful';
  assert.equal(await read(server).ended, 'login_refused');
});

test('over a real WebSocket, a connection notices by its own PING that the link went half-open', async () => {
  await using server = await startChatServer();
  const clock = new VirtualClock(0);
  const { log, ended } = recordConnection(server.url, openWebSocket, clock, joinA);
  const session = await server.joined('a');
  await eventually(() => log.includes('joined a'));
  session.goHalfOpen();
  clock.advance(5_000);
  for (let waits = 0; waits < 2; waits++) {
    await eventually(() => clock.pending === 1);
    clock.advance(3_000);
  }
  assert.equal(await ended, 'ping_timeout');
  assert.equal(clock.pending, 0);
});

test('over a real WebSocket, a connection believes no deadline while a frame lies unread', async () => {
  await using server = await startChatServer();
  server.script.mute = 'pongs';
  const clock = new VirtualClock(0);
  const { connection, log, chat, ended } = recordConnection(server.url, openWebSocket, clock, joinA);
  const session = await server.joined('a');
  await eventually(() => log.includes('joined a'));
  clock.advance(5_000);
  await eventually(() => clock.pending === 1);
  session.frame(`${chatLine('unread')}\r\n`);
  clock.advance(3_000);
  await eventually(() => clock.pending === 1);
  assert.deepEqual(chat, [chatLine('unread')]);
  connection.leave();
  assert.equal(await ended, 'stopped');
});

test('over a real WebSocket, a connection ends when the server asks on and on and does not read the answers', async () => {
  await using server = await startChatServer();
  const { log, ended } = read(server);
  const session = await server.joined('a');
  await eventually(() => log.includes('joined a'));
  session.pause();
  const questions = `PING :${'?'.repeat(60_000)}\r\n`.repeat(4);
  while (!log.some((entry) => entry.startsWith('ended'))) {
    session.frame(questions);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(await ended, 'closed');
});

test('over a real WebSocket, a connection ends with handshake_timeout when the upgrade is never answered', async () => {
  await using server = await listen(undefined);
  const clock = new VirtualClock(0);
  const { ended } = recordConnection(server.url, openWebSocket, clock);
  clock.advance(10_000);
  assert.equal(await ended, 'handshake_timeout');
});

for (const [what, answer] of [
  ['a redirect', 'HTTP/1.1 301 Moved\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'],
  ['an error page', 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n'],
  ['no HTTP at all', '\0\0\0\0 nonsense \r\n\r\n'],
  ['a hang-up', ''],
] as const) {
  test(`over a real WebSocket, a connection ends with connect_failed when the answer is ${what}`, async () => {
    await using server = await listen(answer);
    assert.equal(await recordConnection(server.url, openWebSocket, systemClock).ended, 'connect_failed');
  });
}

test('over a real WebSocket, a connection ends with connect_failed when nobody listens', async () => {
  const server = await listen('');
  await server[Symbol.asyncDispose]();
  assert.equal(await recordConnection(server.url, openWebSocket, systemClock).ended, 'connect_failed');
});

test('over a real WebSocket, a connection ends with protocol_error when what comes is not the WebSocket protocol', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (_webSocket, { socket }) => socket.write(Buffer.of(0xff, 0xff)));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { ended } = recordConnection(`ws://127.0.0.1:${port}`, openWebSocket, systemClock);
  assert.equal(await ended, 'protocol_error');
  server.close();
  await once(server, 'close');
});

for (const url of ['not a url', 'ftp://user:hunter2@example.org', 'ws://user:hunter2@example.org/#x']) {
  test(`opening a WebSocket reports ${url.replace('hunter2', '…')} without throwing and without showing a password`, async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const onClosed = (ending: string, detail: string): void => resolve(`${ending} ${detail}`);
    openWebSocket(url, { onOpen: () => {}, onFrame: () => {}, onClosed });
    assert.equal(await promise, 'connect_failed not a WebSocket URL');
  });
}
