import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChatServer } from '../../scripts/stand-in/chat-server.ts';
import { CAPABILITIES, connect, HELLO, reader } from '../fakes/chat-client.ts';

test('an anonymous login gets the capabilities, the welcome and no state of its own', async () => {
  await using server = await startChatServer();
  const client = connect(server);
  await client.opened();
  client.say(CAPABILITIES, 'PASS SCHMOOPIIE', 'NICK justinfan123');
  await client.hears(/ 376 /);
  await server.sessions[0]?.roundTrip();
  assert.equal(client.lines()[0], ':tmi.twitch.tv CAP * ACK :twitch.tv/tags twitch.tv/commands');
  assert.deepEqual(
    client.lines().map((line) => line.split(' ')[1]),
    ['CAP', '001', '002', '003', '004', '375', '372', '376', ':round-trip-1'],
  );
  assert.equal(client.frames.length, 3);
});

test('a login with a good token gets GLOBALUSERSTATE, and the token is kept nowhere', async () => {
  await using server = await startChatServer();
  server.script.tokens = new Set(['s3cret']);
  const client = connect(server);
  await client.opened();
  client.say(CAPABILITIES, 'PASS oauth:s3cret', 'NICK Some_Bot');
  await client.hears(/GLOBALUSERSTATE/);
  const [session] = server.registered;
  assert.ok(session);
  assert.equal(session.login, 'some_bot');
  assert.equal(session.pass, 'accepted');
  assert.ok(!JSON.stringify(session).includes('s3cret'));
});

const REFUSED_LOGINS = [
  {
    title: 'with an unknown token',
    lines: ['PASS oauth:stale', 'NICK bot'],
    notice: 'Login authentication failed',
  },
  {
    title: 'with a token of no form',
    lines: ['PASS stale', 'NICK bot'],
    notice: 'Improperly formatted auth',
  },
  {
    title: 'with NICK before PASS',
    lines: ['NICK bot', 'PASS oauth:good'],
    notice: 'Improperly formatted auth',
  },
];
for (const { title, lines, notice } of REFUSED_LOGINS) {
  test(`a login ${title} is refused with "${notice}" and closed`, async () => {
    await using server = await startChatServer();
    server.script.tokens = new Set(['good']);
    const client = connect(server);
    await client.opened();
    client.say(...lines);
    assert.equal((await client.closed()).code, 1000);
    assert.deepEqual(client.lines(), [`:tmi.twitch.tv NOTICE * :${notice}`]);
  });
}

test('a scripted refusal hits anonymous logins as well, until it is taken back', async () => {
  await using server = await startChatServer();
  server.script.loginRefusal = 'Login unsuccessful';
  const refused = connect(server);
  await refused.opened();
  refused.say('NICK justinfan1');
  await refused.closed();
  assert.deepEqual(refused.lines(), [':tmi.twitch.tv NOTICE * :Login unsuccessful']);
  server.script.loginRefusal = undefined;
  const { session } = await reader(server);
  assert.equal(session.phase, 'registered');
});

test('JOIN of several channels is answered for each with JOIN, 353, 366, USERSTATE and ROOMSTATE', async () => {
  await using server = await startChatServer();
  const client = connect(server);
  await client.opened();
  client.say(CAPABILITIES, 'PASS oauth:x', 'NICK bot', 'JOIN #kitchen,#harbour');
  await client.hears(/ROOMSTATE #harbour/);
  assert.deepEqual(
    client
      .lines()
      .filter((line) => line.includes('#harbour'))
      .map((line) => line.replace(/^@\S* /, '')),
    [
      ':bot!bot@bot.tmi.twitch.tv JOIN #harbour',
      ':bot.tmi.twitch.tv 353 bot = #harbour :bot',
      ':bot.tmi.twitch.tv 366 bot #harbour :End of /NAMES list',
      ':tmi.twitch.tv USERSTATE #harbour',
      ':tmi.twitch.tv ROOMSTATE #harbour',
    ],
  );
  assert.match(await client.hears(/ROOMSTATE #kitchen/), /;room-id=\d{9,10};/);
  assert.deepEqual([...(await server.joined('kitchen')).channels], ['kitchen', 'harbour']);
});

test('JOIN times are kept by account, on the clock of the server', async () => {
  let now = 0;
  await using server = await startChatServer(0, () => now);
  const client = connect(server);
  await client.opened();
  now = 50;
  client.say('PASS oauth:x', 'NICK bot', 'JOIN #a,#b');
  await server.joined('b');
  now = 70;
  client.say('JOIN #c');
  await server.joined('c');
  assert.deepEqual(server.joinTimes('bot'), [50, 50, 70]);
  assert.deepEqual(server.joinTimes('nobody'), []);
  assert.equal(server.sessions[0]?.openedAt, 0);
});

test('a ghost channel is never answered, a suspended one with a NOTICE', async () => {
  await using server = await startChatServer();
  server.script.refusals.set('ghost', 'ghost').set('gone', 'msg_channel_suspended');
  const { client, session } = await reader(server);
  client.say('JOIN #ghost,#gone');
  await client.hears(/NOTICE #gone/);
  await session.roundTrip();
  assert.deepEqual(client.lines().slice(-2), [
    '@msg-id=msg_channel_suspended :tmi.twitch.tv NOTICE #gone :This channel does not exist or has been suspended.',
    'PING :round-trip-1',
  ]);
  assert.deepEqual([...session.channels], ['kitchen']);
});

test('PART, asked for or not, is echoed and ends the delivery', async () => {
  await using server = await startChatServer();
  const { client, session } = await reader(server);
  client.say('PART #kitchen');
  await client.hears(/^:justinfan123!justinfan123@justinfan123\.tmi\.twitch\.tv PART #kitchen$/);
  client.say('JOIN #harbour');
  await server.joined('harbour');
  session.part('harbour');
  await client.hears(/PART #harbour$/);
  server.deliver(HELLO);
  await session.roundTrip();
  assert.ok(!client.lines().includes(HELLO));
});

test('a line of chat reaches every session in its channel and nobody else', async () => {
  await using server = await startChatServer();
  const one = await reader(server);
  const two = await reader(server);
  const other = await reader(server, 'harbour');
  server.deliver(HELLO, HELLO.replace('kitchen', 'harbour'));
  await Promise.all([one, two, other].map(({ session }) => session.roundTrip()));
  const heard = [one, two, other].map(
    ({ client }) => client.lines().filter((line) => line.endsWith(':hello')).length,
  );
  assert.deepEqual(heard, [1, 1, 1]);
  assert.ok(one.client.lines().includes(HELLO));
  assert.ok(!other.client.lines().includes(HELLO));
});

test('without capabilities a client sees neither tags nor commands of Twitch', async () => {
  await using server = await startChatServer();
  const client = connect(server);
  await client.opened();
  client.say('CAP REQ :twitch.tv/tags made.up/thing', 'NICK justinfan1', 'JOIN #kitchen');
  const session = await server.joined('kitchen');
  server.deliver(HELLO);
  await session.roundTrip();
  assert.match(client.lines()[0] ?? '', /CAP \* NAK/);
  assert.ok(client.lines().includes(':ann!ann@ann.tmi.twitch.tv PRIVMSG #kitchen :hello'));
  assert.ok(!client.lines().some((line) => line.includes('ROOMSTATE')));
});

test('PING is answered with its token unless pongs are muted', async () => {
  await using server = await startChatServer();
  const { client, session } = await reader(server);
  client.say('PING :first');
  await client.hears(/^:tmi\.twitch\.tv PONG tmi\.twitch\.tv :first$/);
  server.script.mute = 'pongs';
  client.say('PING :second');
  await server.waitFor('the second PING', () => session.heard.some(({ line }) => line === 'PING :second'));
  await session.roundTrip();
  assert.ok(!client.lines().some((line) => line.includes('second')));
});
