import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelNames, SupervisedChat } from './supervised-chat.ts';

const MINUTE = 60_000;

function mostIn(spanMs: number, times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + spanMs).length));
}

function timesOf(chat: SupervisedChat, name: string): readonly number[] {
  return chat.joins.filter(({ channel }) => channel === name).map(({ at }) => at);
}

test('joining asks for every channel, never for more than the limit in any ten seconds, through reconnects too', () => {
  const chat = new SupervisedChat(channelNames(70));
  chat.socket.welcome();
  for (const upMs of [3_000, 15_000, 100, 26_000]) {
    chat.clock.advance(upMs);
    chat.socket.closed();
    chat.clock.advance(MINUTE / 4);
    chat.socket.welcome();
  }
  chat.clock.advance(MINUTE);
  assert.ok(chat.supervisor.status().channels.every(({ state }) => state === 'joined'));
  const times = chat.joins.map(({ at }) => at);
  assert.equal(mostIn(10_000, times), 20);
  assert.ok(times.length > 140);
});

test('joining takes no longer than the limit demands', () => {
  const chat = new SupervisedChat(channelNames(100));
  chat.socket.welcome();
  chat.clock.advance(44_000);
  assert.ok(chat.supervisor.status().channels.every(({ state }) => state === 'joined'));
});

test('joining is settled for a channel by its first answer or by its deadline', () => {
  const chat = new SupervisedChat(['a', 'ghost']);
  chat.ghosts.add('ghost');
  assert.equal(chat.channel('a').settled, false);
  chat.socket.welcome();
  assert.equal(chat.channel('a').settled, true);
  chat.clock.advance(9_999);
  assert.equal(chat.channel('ghost').settled, false);
  chat.clock.advance(1);
  assert.equal(chat.channel('ghost').settled, true);
});

test('a ghost channel is refused with no_answer, tried again after 1, 2, 4, 8 and then every 15 minutes', () => {
  const chat = new SupervisedChat(['ghost']);
  chat.ghosts.add('ghost');
  chat.socket.welcome();
  chat.clock.advance(60 * MINUTE);
  const times = timesOf(chat, 'ghost');
  const waits = times.slice(1).map((at, index) => (at - (times[index] ?? 0) - 10_000) / MINUTE);
  assert.deepEqual(waits, [1, 2, 4, 8, 15, 15]);
  assert.equal(chat.sockets.length, 1);
});

test('a ghost channel is named in ghost_channels until it is joined after all', () => {
  const chat = new SupervisedChat(['a', 'ghost', 'other']);
  chat.ghosts.add('ghost');
  chat.socket.welcome();
  chat.clock.advance(10_000);
  const { state, reason, since } = chat.channel('ghost');
  assert.deepEqual({ state, reason, since }, { state: 'refused', reason: 'no_answer', since: 10_000 });
  const [degradation] = chat.supervisor.degraded();
  assert.equal(degradation?.code, 'ghost_channels');
  assert.match(degradation?.sentence ?? '', /ghost \(no_answer\)/);
  chat.ghosts.delete('ghost');
  chat.clock.advance(MINUTE - 1);
  assert.deepEqual(chat.degraded, ['ghost_channels']);
  chat.clock.advance(1);
  assert.deepEqual(chat.degraded, []);
  assert.equal(chat.channel('ghost').reason, null);
});

test('a ghost channel does not keep others waiting: a new connection asks for them first, and for the ghost in its time', () => {
  const chat = new SupervisedChat(['ghost', ...channelNames(20)]);
  chat.ghosts.add('ghost');
  chat.socket.welcome();
  chat.clock.advance(30_000);
  chat.socket.closed();
  chat.clock.advance(0);
  chat.socket.welcome();
  const rejoined = chat.socket.joins;
  assert.deepEqual([...rejoined].sort(), channelNames(20));
  chat.clock.advance(MINUTE);
  assert.equal(chat.socket.joins.at(-1), 'ghost');
  assert.ok(channelNames(20).every((name) => chat.channel(name).state === 'joined'));
});

test('a ghost channel lost in the middle of a retry comes last on the next connection', () => {
  const chat = new SupervisedChat(['ghost', 'a']);
  chat.ghosts.add('ghost');
  chat.socket.welcome();
  chat.clock.advance(10_000 + MINUTE);
  chat.socket.closed();
  chat.clock.advance(0);
  chat.socket.welcome();
  assert.deepEqual(chat.socket.joins, ['a', 'ghost']);
  assert.equal(chat.channel('ghost').state, 'refused');
});

test('a ghost channel refused by name stays refused by that name, on the same connection', () => {
  const chat = new SupervisedChat(['a', 'gone']);
  chat.ghosts.add('gone');
  chat.socket.welcome();
  chat.socket.say('@msg-id=msg_channel_suspended :tmi.twitch.tv NOTICE #gone :This channel does not exist.');
  assert.equal(chat.channel('gone').reason, 'msg_channel_suspended');
  assert.equal(chat.log.at(-1), 'refused gone msg_channel_suspended 900000');
  chat.clock.advance(15 * MINUTE);
  assert.equal(timesOf(chat, 'gone').length, 2);
  assert.equal(chat.sockets.length, 1);
});
