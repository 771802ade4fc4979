import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { SupervisedChat } from './supervised-chat.ts';

const account = { login: 'my_bot', token: 'hunter2' };

test('the login is used on every connection, and its token appears in PASS alone', () => {
  const chat = new SupervisedChat(['a'], account);
  chat.socket.welcome();
  assert.deepEqual(chat.socket.sent.slice(0, 3), [
    'CAP REQ :twitch.tv/tags twitch.tv/commands',
    'PASS oauth:hunter2',
    'NICK my_bot',
  ]);
  assert.equal(chat.supervisor.status().identity, 'my_bot');
  chat.socket.closed();
  const told = inspect([chat.supervisor, chat.supervisor.status(), chat.supervisor.degraded(), chat.log], {
    depth: Infinity,
    showHidden: true,
  });
  assert.ok(told.includes('my_bot') && !told.includes('hunter2'));
});

test('the login that is refused gives way to anonymous reading, and says what to do', () => {
  const chat = new SupervisedChat(['a'], account);
  chat.socket.events.onOpen();
  chat.socket.say(':tmi.twitch.tv NOTICE * :Login authentication failed');
  chat.clock.advance(0);
  chat.socket.welcome();
  assert.deepEqual(chat.log, [
    'opened my_bot',
    'login of my_bot refused: Login authentication failed',
    'ended login_refused 0',
    'opened anonymous',
    'registered anonymous',
    'joined a',
  ]);
  assert.match(chat.socket.nick, /^justinfan\d+$/);
  assert.equal(chat.supervisor.status().identity, 'anonymous');
  const [degradation] = chat.supervisor.degraded();
  assert.equal(degradation?.code, 'anonymous');
  assert.match(degradation?.sentence ?? '', /my_bot.*Login authentication failed.*TWITCH_BOT_ACCESS_TOKEN/);
});

test('the login without a token is anonymous reading, and says so', () => {
  const chat = new SupervisedChat(['a'], { login: 'my_bot', token: undefined });
  chat.socket.welcome();
  assert.deepEqual(chat.degraded, ['anonymous']);
  assert.ok(chat.socket.sent.every((line) => !line.startsWith('PASS')));
});

test('the login that nobody wanted is nothing to complain of, even when anonymous reading is refused for once', () => {
  const chat = new SupervisedChat(['a']);
  chat.socket.events.onOpen();
  chat.socket.say(':tmi.twitch.tv NOTICE * :Login unsuccessful');
  chat.clock.advance(0);
  chat.socket.welcome();
  assert.deepEqual(chat.degraded, []);
  assert.equal(chat.channel('a').state, 'joined');
});
