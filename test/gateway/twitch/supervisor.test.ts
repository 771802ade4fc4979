import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chatLine } from './recorded-connection.ts';
import { SupervisedChat } from './supervised-chat.ts';

const MINUTE = 60_000;

test('reconnecting is immediate first, then backs off to the maximum with full jitter', () => {
  const chat = new SupervisedChat(['a']);
  const delays = Array.from({ length: 8 }, () => {
    chat.socket.closed('connect_failed', 'connect ECONNREFUSED');
    return chat.untilReopened();
  });
  assert.deepEqual(delays, [0, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  assert.equal(chat.log.at(-2), 'ended connect_failed 15000');
  assert.equal(chat.supervisor.status().lastError, 'connect_failed: connect ECONNREFUSED');
  assert.equal(chat.supervisor.status().state, 'connecting');
});

test('reconnecting starts over only after a connection that outlived the longest backoff', () => {
  const chat = new SupervisedChat(['a']);
  const retryAfter = (upMs: number): number => {
    chat.socket.welcome();
    chat.clock.advance(upMs);
    chat.socket.closed();
    return chat.untilReopened();
  };
  assert.deepEqual([0, 0, 30_000, 30_001, 0].map(retryAfter), [0, 500, 1_000, 0, 500]);
});

test('reconnecting follows RECONNECT at once', () => {
  const chat = new SupervisedChat(['a']);
  chat.socket.welcome();
  chat.socket.say(':tmi.twitch.tv RECONNECT');
  chat.socket.closed();
  chat.clock.advance(0);
  chat.socket.welcome();
  const { state, reconnects, lastReconnectAt } = chat.supervisor.status();
  assert.deepEqual(
    { state, reconnects, lastReconnectAt },
    { state: 'connected', reconnects: 1, lastReconnectAt: 0 },
  );
  assert.equal(chat.channel('a').state, 'joined');
});

test('reconnecting is told by the state and by chat_down', () => {
  const chat = new SupervisedChat(['a']);
  const seen = (): unknown => {
    const { state, connections } = chat.supervisor.status();
    return [state, connections.registered, chat.degraded];
  };
  assert.deepEqual(seen(), ['connecting', 0, ['chat_down']]);
  chat.socket.welcome();
  assert.deepEqual(seen(), ['connected', 1, []]);
  chat.socket.closed();
  assert.deepEqual(seen(), ['reconnecting', 0, ['chat_down']]);
});

test('a gap lasts from the loss of the connection to the rejoin', () => {
  const chat = new SupervisedChat(['a']);
  chat.socket.welcome();
  chat.clock.advance(1_000);
  chat.socket.closed();
  assert.deepEqual(chat.channel('a').gaps, [{ from: 1_000, to: null, reason: 'closed' }]);
  chat.clock.advance(500);
  chat.socket.welcome();
  assert.deepEqual(chat.channel('a').gaps, [{ from: 1_000, to: 1_500, reason: 'closed' }]);
  assert.equal(chat.log.at(-1), 'gap a 1000-1500 closed');
});

test('a gap starts with the last frame of a link that died without a word, and survives failed attempts', () => {
  const chat = new SupervisedChat(['a']);
  chat.socket.welcome();
  chat.socket.onSent = () => {};
  chat.clock.advance(10_000);
  chat.socket.closed('connect_failed');
  chat.clock.advance(MINUTE);
  chat.socket.welcome();
  const [gap] = chat.channel('a').gaps;
  assert.deepEqual([gap?.from, gap?.reason], [0, 'ping_timeout']);
  assert.ok(gap?.to);
});

test('a gap opens for one channel when the server puts us out of it', () => {
  const chat = new SupervisedChat(['a', 'b']);
  chat.socket.welcome();
  const { nick } = chat.socket;
  chat.socket.say(`:${nick}!${nick}@${nick}.tmi.twitch.tv PART #a`);
  assert.deepEqual(chat.channel('a').gaps, [{ from: 0, to: null, reason: 'banned' }]);
  assert.deepEqual(chat.channel('b').gaps, []);
  chat.clock.advance(15 * MINUTE);
  assert.deepEqual(chat.channel('a').gaps, [{ from: 0, to: 15 * MINUTE, reason: 'banned' }]);
  assert.equal(chat.channel('a').state, 'joined');
});

test('a gap is remembered among the last ten', () => {
  const chat = new SupervisedChat(['a']);
  for (let loss = 0; loss < 12; loss++) {
    chat.socket.welcome();
    chat.clock.advance(MINUTE);
    chat.socket.closed();
    chat.untilReopened();
  }
  const { gaps } = chat.channel('a');
  assert.equal(gaps.length, 10);
  assert.deepEqual([gaps[0]?.from, gaps[9]?.from, gaps[9]?.to], [3 * MINUTE, 12 * MINUTE, null]);
});

test('chat is handed on, and the time of the last line kept for the channel and for all', () => {
  const chat = new SupervisedChat(['a', 'b']);
  chat.socket.welcome();
  chat.clock.advance(700);
  chat.socket.say(chatLine('hello', 'a'), chatLine('stranger', 'not_wanted'));
  assert.deepEqual(chat.chat, [chatLine('hello', 'a'), chatLine('stranger', 'not_wanted')]);
  assert.equal(chat.channel('a').lastMessageAt, 700);
  assert.equal(chat.channel('b').lastMessageAt, null);
  assert.equal(chat.supervisor.status().lastMessageAt, 700);
});

test('stopping leaves cleanly, reads what is on its way, and leaves no timer', async () => {
  const chat = new SupervisedChat(['a']);
  chat.socket.welcome();
  const stopped = chat.supervisor.stop();
  assert.equal(chat.socket.state, 'closing');
  chat.socket.say(chatLine('on its way'));
  chat.socket.closed();
  await stopped;
  assert.deepEqual(chat.chat, [chatLine('on its way')]);
  assert.equal(chat.log.at(-1), 'ended stopped null');
  assert.equal(chat.supervisor.status().state, 'disconnected');
  assert.equal(chat.channel('a').state, 'parted');
  assert.equal(chat.clock.pending, 0);
});

test('stopping takes a second when the server does not answer', async () => {
  const chat = new SupervisedChat(['a']);
  chat.socket.welcome();
  const stopped = chat.supervisor.stop();
  chat.clock.advance(1_000);
  await stopped;
  assert.equal(chat.clock.pending, 0);
});

test('stopping works in every phase, and twice', async () => {
  const connecting = new SupervisedChat(['a']);
  const registering = new SupervisedChat(['a']);
  registering.socket.events.onOpen();
  const waiting = new SupervisedChat(['a']);
  waiting.socket.closed();
  const asked = new SupervisedChat(['a', 'ghost']);
  asked.ghosts.add('ghost');
  asked.socket.welcome();
  for (const chat of [connecting, registering, waiting, asked]) {
    const stops = [chat.supervisor.stop(), chat.supervisor.stop()];
    chat.clock.advance(1_000);
    await Promise.all(stops);
    const { length } = chat.sockets;
    chat.clock.advance(10 * MINUTE);
    assert.equal(chat.sockets.length, length);
    assert.equal(chat.clock.pending, 0);
  }
});
