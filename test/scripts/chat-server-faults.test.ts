import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChatServer } from '../../scripts/stand-in/chat-server.ts';
import { CAPABILITIES, connect, HELLO, reader } from '../fakes/chat-client.ts';

test('a silent server accepts the connection, hears everything and says nothing', async () => {
  await using server = await startChatServer();
  server.script.mute = 'everything';
  const client = connect(server);
  await client.opened();
  client.say(CAPABILITIES, 'NICK justinfan1', 'PING :there?');
  await server.waitFor('the PING', () =>
    server.sessions[0]?.heard.some(({ line }) => line === 'PING :there?'),
  );
  await server.sessions[0]?.roundTrip();
  assert.deepEqual(client.lines(), ['PING :round-trip-1']);
});

const HANDSHAKES = [
  { handshake: 'hang', options: { handshakeTimeout: 50 }, error: /handshake has timed out/ },
  { handshake: 'refuse', options: {}, error: /503/ },
  { handshake: 'reset', options: {}, error: /ECONNRESET|hang up/ },
] as const;
for (const { handshake, options, error } of HANDSHAKES) {
  test(`with handshake "${handshake}" the client gets no further than that`, async () => {
    await using server = await startChatServer();
    server.script.handshake = handshake;
    const client = connect(server, options);
    assert.match((await client.closed()).error ?? '', error);
    assert.deepEqual(server.sessions, []);
  });
}

test('close ends with a close frame, reset without one', async () => {
  await using server = await startChatServer();
  const polite = await reader(server);
  polite.session.close(4000);
  assert.equal((await polite.client.closed()).code, 4000);
  const abrupt = await reader(server, 'harbour');
  abrupt.session.reset();
  assert.equal((await abrupt.client.closed()).code, 1006);
  await server.waitFor('both ends', () => server.sessions.every(({ phase }) => phase === 'ended'));
  assert.deepEqual(
    server.sessions.map(({ ended }) => ended?.code),
    [4000, 1006],
  );
  assert.equal(server.registered.length, 0);
});

test('RECONNECT leaves the connection working, or closes it after the given time', async () => {
  await using server = await startChatServer();
  const { client, session } = await reader(server);
  session.reconnect();
  await client.hears(/^:tmi\.twitch\.tv RECONNECT$/);
  server.deliver(HELLO);
  await session.roundTrip();
  assert.ok(client.lines().includes(HELLO));
  session.reconnect(10);
  assert.equal((await client.closed()).code, 1000);
});

test('a frame is sent exactly as given: pieces of a line, and bytes that are no UTF-8', async () => {
  await using server = await startChatServer();
  const client = connect(server, { skipUTF8Validation: true });
  await client.opened();
  const session = await server.waitFor('the session', () => server.sessions[0]);
  const frames = [Buffer.from('PRIV'), Buffer.from('MSG #a :b\r\n'), Buffer.from([0xff, 0xfe, 0x0a])];
  for (const frame of frames) session.frame(frame);
  await session.roundTrip();
  assert.deepEqual(client.frames.slice(0, 3), frames);
});

test('while paused nothing is heard; what was sent is heard after resume', async () => {
  await using server = await startChatServer();
  const { client, session } = await reader(server);
  session.pause();
  client.say('PING :meanwhile');
  const before = session.heard.length;
  server.deliver(HELLO);
  await client.hears(/:hello$/);
  assert.equal(session.heard.length, before);
  session.resume();
  await client.hears(/PONG .*:meanwhile$/);
});

test('a half-open connection neither hears, answers nor ends', async () => {
  await using server = await startChatServer();
  const lost = await reader(server);
  const well = await reader(server);
  lost.session.goHalfOpen();
  lost.client.say('PING :anybody?');
  server.deliver(HELLO);
  await well.session.roundTrip();
  assert.ok(!lost.client.lines().some((line) => /hello|PONG/.test(line)));
  assert.equal(lost.session.phase, 'registered');
});

test('a round trip fails at once when the session ends before the answer', async () => {
  await using server = await startChatServer();
  const { session } = await reader(server);
  session.pause();
  const trip = session.roundTrip();
  session.reset();
  await assert.rejects(trip, /ended before the PONG/);
});

test('a wait that is not fulfilled says what it was waiting for', async () => {
  await using server = await startChatServer();
  await assert.rejects(
    server.waitFor('a miracle', () => false, 5),
    /waiting for a miracle: not within 5 ms/,
  );
});

test('disposal ends every connection, half-open and hanging ones too', async () => {
  const server = await startChatServer();
  const { client, session } = await reader(server);
  session.goHalfOpen();
  server.script.handshake = 'hang';
  const hanging = connect(server);
  const waiting = assert.rejects(server.joined('nowhere'), /nothing more will happen/);
  const { port } = server;
  await server[Symbol.asyncDispose]();
  await Promise.all([client.closed(), hanging.closed(), waiting]);
  await using next = await startChatServer(port);
  assert.equal(next.url, `ws://127.0.0.1:${port}`);
});
