import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { fakeSockets, type FakeSocket } from './fake-socket.ts';
import { chatLine, recordConnection, type RecordedConnection } from './recorded-connection.ts';

type Scene = RecordedConnection & { readonly clock: VirtualClock; readonly socket: FakeSocket };

function connect(): Scene {
  const clock = new VirtualClock(0);
  const { openSocket, sockets } = fakeSockets();
  const recorded = recordConnection('ws://fake', openSocket, clock);
  const [socket] = sockets;
  assert.ok(socket);
  return { ...recorded, clock, socket };
}

function register(): Scene {
  const scene = connect();
  scene.socket.welcome();
  scene.log.length = 0;
  return scene;
}

test('a frame gives all its lines of chat the one time it came, and answers a PING behind 500 of them', () => {
  const { socket, chat, clock } = register();
  clock.advance(1_000);
  const lines = Array.from({ length: 500 }, (_, index) => chatLine(`message ${index}`));
  socket.say(...lines, 'PING :now', chatLine('last'));
  assert.deepEqual(chat, [...lines, chatLine('last')]);
  assert.equal(socket.sent.at(-1), 'PONG :now');
});

test('equal lines without id and time of sending get times of their own, else one would be lost as a repetition', () => {
  const { socket, log } = register();
  const dated = `@tmi-sent-ts=1600000000000 ${chatLine('dated')}`;
  const named = `@id=0c4a9f1e ${chatLine('named')}`;
  socket.say(chatLine('lol'), chatLine('lol'), chatLine('rofl'), dated, dated, named, named);
  assert.deepEqual(
    log,
    [0, 1, 0, 0, 0, 0, 0].map((at) => `chat at ${at}`),
  );
});

test('a frame may end anywhere in a line', () => {
  const { socket, chat, log, clock } = register();
  const [half, rest] = [chatLine('in two').slice(0, 20), chatLine('in two').slice(20)];
  socket.receive(half);
  clock.advance(100);
  socket.receive(`${rest}\n${chatLine('whole')}\r\n`);
  assert.deepEqual(chat, [chatLine('in two'), chatLine('whole')]);
  assert.deepEqual(log, ['chat at 100', 'chat at 100']);
});

test('a frame that is garbage costs nothing but itself, and every line of it is counted', () => {
  const { socket, chat, log } = register();
  socket.say(
    '',
    ':only-a-source',
    '@only=tags',
    'PRIVMSG',
    'PRIVMSG ann :whisper?',
    'USERNOTICE #a',
    'x y z',
  );
  socket.say(chatLine('still here'));
  assert.deepEqual(log, [
    'ignored malformed',
    'ignored malformed',
    'ignored malformed',
    'ignored not_a_channel',
    'ignored not_a_channel',
    'ignored other_command',
    'ignored other_command',
    'chat at 0',
  ]);
  assert.deepEqual(chat, [chatLine('still here')]);
});

test('a frame with invalid UTF-8 damages only the line that holds it', () => {
  const { socket, chat, log } = register();
  socket.receive(
    Buffer.concat([Buffer.from(chatLine('caf')), Buffer.of(0xe9, 0x0a), Buffer.from(`${chatLine('ok')}\n`)]),
  );
  assert.deepEqual(chat, [chatLine('caf\uFFFD'), chatLine('ok')]);
  assert.deepEqual(log, ['chat at 0 damaged', 'chat at 0']);
});

test('a frame whose rest is too long for a line ends the connection after the lines before it', () => {
  const { socket, log, clock } = register();
  socket.receive(`${chatLine('before')}\r\n${'x'.repeat(100_000)}`);
  socket.say(chatLine('after'));
  assert.deepEqual(log, ['chat at 0', 'ended line_too_long at 0']);
  assert.equal(socket.state, 'terminated');
  assert.equal(clock.pending, 0);
});

test('a frame delivers what stands behind RECONNECT, and what comes until the last PING is answered', () => {
  const { connection, socket, log, chat, clock } = register();
  socket.say(':tmi.twitch.tv RECONNECT', chatLine('same frame'));
  connection.retire('reconnect_requested', 'another one took over');
  socket.say(chatLine('on its way'), 'PONG :x');
  assert.equal(socket.state, 'closing');
  socket.say(chatLine('behind the PONG'));
  socket.closed();
  assert.deepEqual(chat, [chatLine('same frame'), chatLine('on its way'), chatLine('behind the PONG')]);
  assert.equal(log[0], 'outgoing reconnect_requested');
  assert.equal(log.at(-1), 'ended reconnect_requested at 0');
  assert.equal(clock.pending, 0);
});

test('deadlines find a link that died without a word, and name the moment it was last heard', () => {
  const { socket, log, clock } = register();
  clock.advance(1_000);
  socket.say(chatLine('last words'));
  clock.advance(7_999);
  assert.equal(socket.sent.at(-1), 'PING :tmi.twitch.tv');
  assert.deepEqual(log, ['chat at 1000']);
  clock.advance(1);
  assert.deepEqual(log, ['chat at 1000', 'outgoing ping_timeout']);
  clock.advance(3_000);
  assert.deepEqual(log, ['chat at 1000', 'outgoing ping_timeout', 'ended ping_timeout at 1000']);
  assert.equal(clock.pending, 0);
});

test('deadlines keep a quiet link that answers, for ever', () => {
  const { socket, log, clock } = register();
  socket.onSent = (line) => line.startsWith('PING') && socket.say('PONG :tmi.twitch.tv');
  clock.advance(3_600_000);
  assert.equal(log.length, 720);
  assert.ok(log.every((entry) => entry === 'round trip 0'));
});

test('deadlines do not fall for a stalled event loop: what lies unread is read first', () => {
  const { socket, log, clock } = register();
  clock.advance(5_000);
  socket.unread = 'PONG :tmi.twitch.tv\r\n';
  clock.advance(3_000);
  assert.deepEqual(log, ['round trip 3000']);
  socket.unread = `${chatLine('late')}\r\n`;
  clock.advance(5_000);
  assert.equal(socket.sent.filter((line) => line.startsWith('PING')).length, 1);
});

test('deadlines give up a JOIN that nobody answers, and not the connection', () => {
  const { connection, socket, log, clock } = register();
  socket.onSent = (line) => line.startsWith('PING') && socket.say('PONG :x');
  connection.join(['ghost', 'a']);
  socket.confirm('a');
  clock.advance(10_000);
  assert.deepEqual(
    log.filter((entry) => !entry.startsWith('round')),
    ['joined a', 'refused ghost no_answer'],
  );
});

test('deadlines use one timer, however many frames come', () => {
  const { connection, socket, clock } = register();
  connection.join(['a', 'b', 'c']);
  for (let frame = 0; frame < 1_000; frame++) socket.say(chatLine('hello'));
  assert.equal(clock.pending, 1);
});

test('deadlines end a login that is never answered, and a WebSocket that never opens', () => {
  const [silent, hung] = [connect(), connect()];
  silent.socket.events.onOpen();
  silent.clock.advance(10_000);
  hung.clock.advance(10_000);
  assert.deepEqual(silent.log, ['ended login_timeout at 10000']);
  assert.deepEqual(hung.log, ['ended handshake_timeout at 10000']);
  assert.equal(silent.clock.pending + hung.clock.pending, 0);
});

test('the end is reported once; whatever the socket says after it is not heard', () => {
  const { connection, socket, log, clock } = register();
  socket.closed('protocol_error');
  socket.closed();
  socket.events.onOpen();
  socket.say(chatLine('too late'), 'PING :x');
  connection.join(['a']);
  connection.leave();
  clock.advance(60_000);
  assert.deepEqual(log, ['ended protocol_error at 0']);
  assert.equal(clock.pending, 0);
});

test('the end comes a second after leaving when the server does not close', () => {
  const { connection, socket, log, clock } = register();
  connection.leave();
  clock.advance(999);
  socket.say(chatLine('on its way'));
  clock.advance(1);
  assert.deepEqual(log, ['chat at 999', 'ended stopped at 999']);
  assert.equal(socket.state, 'terminated');
});
