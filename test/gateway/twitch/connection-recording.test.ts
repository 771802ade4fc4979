import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connection, type ConnectionOptions } from '../../../gateway/twitch/connection.ts';
import { accountIdentity } from '../../../gateway/twitch/identity.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { fakeSockets } from './fake-socket.ts';
import { chatLine } from './recorded-connection.ts';

const ignore = () => undefined;
const SECRET = 'verysecrettoken';

test('every line that is read is recorded before it is used, with the time that its envelope has', () => {
  const { say, told } = connect();
  say('PING :now', chatLine('lol'), chatLine('lol'), 'PRIVMSG ann :psst', '');
  assert.deepEqual(told, [
    'recorded PING :now at 0',
    `recorded ${chatLine('lol')} at 0`,
    'chat at 0',
    `recorded ${chatLine('lol')} at 1`,
    'chat at 1',
    'recorded PRIVMSG ann :psst at 0',
    'recorded  at 0',
  ]);
});

test('a CR in a line and replaced bytes are recorded', () => {
  const { receive, told } = connect();
  receive(Buffer.from([0x50, 0xff, 0x0d, 0x0d, 0x0a]));
  assert.deepEqual(told, ['recorded P\ufffd\r at 0 damaged']);
});

test('what we say is not recorded, and the token not even when the server repeats it', () => {
  const { say, told } = connect();
  say(`:tmi.twitch.tv NOTICE * :who is oauth:${SECRET}?`);
  assert.deepEqual(told, ['recorded :tmi.twitch.tv NOTICE * :who is oauth:[redacted]? at 0']);
});

/** A registered connection that says what it records and what it takes for chat. */
function connect() {
  const told: string[] = [];
  const { openSocket, sockets } = fakeSockets();
  const events: ConnectionOptions['events'] = {
    onLogin: ignore,
    onRegistered: ignore,
    onJoined: ignore,
    onParted: ignore,
    onOutgoing: ignore,
    onRefused: ignore,
    onChatLine: ({ receivedAt }) => told.push(`chat at ${receivedAt}`),
    onIgnored: ignore,
    onRoundTrip: ignore,
    onEnded: ignore,
  };
  const recorded = new Connection({
    url: 'ws://fake',
    identity: accountIdentity('bot', SECRET),
    idlePingMs: 5000,
    pongTimeoutMs: 3000,
    clock: new VirtualClock(0),
    openSocket,
    events,
    recordLine: (line, replacedBytes, receivedAt) =>
      told.push(`recorded ${line} at ${receivedAt}${replacedBytes ? ' damaged' : ''}`),
  });
  const [socket] = sockets;
  assert.ok(socket && recorded);
  socket.welcome();
  told.length = 0;
  return {
    told,
    say: (...lines: readonly string[]) => socket.say(...lines),
    receive: (frame: Uint8Array) => socket.receive(frame),
  };
}
