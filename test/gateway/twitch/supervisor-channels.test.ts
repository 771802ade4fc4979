import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelNames } from './supervised-chat.ts';
import { TwitchReader } from './twitch-reader.ts';

const MINUTE = 60_000;

function joinedBy(reader: TwitchReader): readonly (readonly string[])[] {
  return reader.twitch.alive.map(({ channels }) => [...channels].sort());
}

test('changed channels are joined and parted, and nothing else is touched', () => {
  const reader = new TwitchReader(channelNames(50), { joinLimit: 100 });
  reader.clock.advance(5_000);
  const wanted = [...channelNames(50).slice(5), 'new_one', 'new_two', 'new_one'];
  reader.supervisor.setChannels(wanted);
  const said = reader.chatFor(2_000, channelNames(50).slice(5));
  assert.deepEqual(reader.ids, said);
  assert.deepEqual(reader.counts, { joined: 47 });
  assert.deepEqual(
    reader.supervisor.status().channels.map(({ channel }) => channel),
    [...new Set(wanted)].sort(),
  );
  assert.deepEqual(joinedBy(reader).flat().sort(), [...new Set(wanted)].sort());
  assert.equal(reader.twitch.sessions.length, 2);
  assert.ok([...reader.twitch.asked.values()].every((times) => times === 1));
});

test('changed channels fill connections that have room, then open others, and empty ones are closed', () => {
  const reader = new TwitchReader(['a', 'b', 'c', 'd'], { channelsPerConnection: 2 });
  reader.clock.advance(5_000);
  reader.supervisor.setChannels(['b', 'c', 'd', 'e', 'f']);
  reader.clock.advance(1_000);
  assert.deepEqual(joinedBy(reader), [['b', 'e'], ['c', 'd'], ['f']]);
  reader.supervisor.setChannels(['c', 'd']);
  reader.clock.advance(1_500);
  assert.deepEqual(joinedBy(reader), [['c', 'd']]);
  const { state, connections } = reader.supervisor.status();
  assert.deepEqual([state, connections], ['connected', { needed: 1, registered: 1 }]);
  reader.clock.advance(5 * MINUTE);
  assert.equal(reader.twitch.sessions.length, 3);
});

test('a changed mind about a channel does not look like a ban', () => {
  const reader = new TwitchReader(['a', 'b']);
  reader.clock.advance(1_000);
  reader.supervisor.setChannels(['a']);
  reader.supervisor.setChannels(['a', 'b']);
  reader.clock.advance(1_000);
  assert.deepEqual(reader.counts, { joined: 2 });
  assert.deepEqual(joinedBy(reader), [['a', 'b']]);
  assert.ok(reader.log.every((entry) => !entry.startsWith('refused')));
});

test('channels that change before the answer to their JOIN, or before there is a connection, end up as wanted', () => {
  const early = new TwitchReader(['a', 'b']);
  early.supervisor.setChannels(['b', 'c']);
  early.clock.advance(2_000);
  assert.deepEqual(joinedBy(early), [['b', 'c']]);
  const asked = new TwitchReader(['a', 'b']);
  asked.clock.advance(210);
  asked.supervisor.setChannels(['b', 'c']);
  asked.clock.advance(2_000);
  assert.deepEqual(joinedBy(asked), [['b', 'c']]);
});

test('channels that change during a handover are parted on both connections and joined on the new one', () => {
  const reader = new TwitchReader(channelNames(20));
  reader.clock.advance(12_000);
  reader.twitch.session(0).reconnect();
  reader.clock.advance(250);
  reader.supervisor.setChannels([...channelNames(19), 'new_one']);
  reader.clock.advance(13_000);
  assert.deepEqual(joinedBy(reader), [[...channelNames(19), 'new_one'].sort()]);
  assert.deepEqual(reader.gaps, []);
});

test('an open gap of a channel that is no longer wanted ends and is told', () => {
  const reader = new TwitchReader(['a', 'b']);
  reader.clock.advance(1_000);
  reader.twitch.isAccepting = false;
  reader.twitch.session(0).end();
  reader.clock.advance(10_000);
  reader.supervisor.setChannels(['a']);
  assert.deepEqual(reader.gaps, [{ channel: 'b', from: 1_050, to: 11_000, reason: 'closed' }]);
});

test('stopping after changes waits for the connections that were being closed, and leaves no timer', async () => {
  const reader = new TwitchReader(['a', 'b', 'c'], { channelsPerConnection: 1 });
  reader.clock.advance(1_000);
  reader.supervisor.setChannels(['a']);
  const stopped = reader.supervisor.stop();
  reader.supervisor.setChannels(['z']);
  reader.supervisor.setAccount('my_bot', 'hunter2');
  reader.clock.advance(1_500);
  await stopped;
  assert.equal(reader.twitch.alive.length, 0);
  assert.deepEqual(reader.counts, { parted: 1 });
  assert.equal(reader.clock.pending, 0);
});

test('stopping works while connections wait for their turn to log in and while one takes over', async () => {
  const many = new TwitchReader(channelNames(50), { channelsPerConnection: 1 });
  many.clock.advance(1_000);
  const handover = new TwitchReader(['a']);
  handover.clock.advance(1_000);
  handover.twitch.session(0).reconnect();
  handover.clock.advance(150);
  for (const reader of [many, handover]) {
    const stopped = reader.supervisor.stop();
    reader.clock.advance(1_500);
    await stopped;
    reader.clock.advance(5 * MINUTE);
    assert.equal(reader.twitch.alive.length, 0);
    assert.equal(reader.clock.pending, 0);
  }
});

test('channels refused are asked for again by a schedule of their own', () => {
  const reader = new TwitchReader(['ghost', 'gone', 'full', 'ok']);
  reader.twitch.refusals.set('ghost', 'ghost');
  reader.twitch.refusals.set('gone', 'tos_ban');
  reader.twitch.refusals.set('full', 'msg_concurrent_channel_limit_reached');
  reader.clock.advance(180 * MINUTE);
  const waits = (name: string): readonly number[] =>
    reader.log
      .filter((entry) => entry.startsWith(`refused ${name} `))
      .slice(0, 6)
      .map((entry) => Number(entry.split(' ').at(-1)) / MINUTE);
  assert.deepEqual(waits('ghost'), [1, 2, 4, 8, 15, 15]);
  assert.deepEqual(waits('full'), [1, 2, 4, 8, 15, 15]);
  assert.deepEqual(waits('gone'), [15, 30, 60, 60, 60]);
  assert.equal(reader.twitch.sessions.length, 1);
});

test('a channel joined late, when it is no longer wanted, is left', () => {
  const reader = new TwitchReader(['a', 'late']);
  reader.clock.advance(120);
  const [session] = reader.twitch.sessions;
  assert.ok(session);
  session.isMuted = true;
  reader.clock.advance(11_000);
  reader.supervisor.setChannels(['a']);
  session.channels.add('late');
  session.say(`:${session.nick}!${session.nick}@x JOIN #late`);
  reader.clock.advance(200);
  assert.deepEqual([...session.channels], []);
});

test('channels asked for on a connection that died with the question are asked for at once on the next', () => {
  const reader = new TwitchReader(['a', 'b']);
  reader.clock.advance(210);
  reader.twitch.session(0).isCut = true;
  reader.clock.advance(16_000);
  assert.deepEqual(reader.counts, { joined: 2 });
  assert.ok(reader.log.every((entry) => !entry.startsWith('refused')));
});

test('a refusal by name that follows no answer is counted once, and kept as the reason', () => {
  const reader = new TwitchReader(['gone']);
  reader.twitch.refusals.set('gone', 'ghost');
  reader.clock.advance(11_000);
  reader.twitch.session(0).say('@msg-id=msg_channel_suspended :tmi.twitch.tv NOTICE #gone :No.');
  reader.clock.advance(100);
  assert.deepEqual(reader.log.slice(1), [
    'refused gone no_answer 60000',
    'refused gone msg_channel_suspended 900000',
  ]);
  assert.equal(reader.channel('gone').reason, 'msg_channel_suspended');
});

test('a ban is a refusal of one channel: the others stay, and it is asked for again much later', () => {
  const reader = new TwitchReader(['a', 'b']);
  reader.clock.advance(1_000);
  reader.twitch.session(0).part('a');
  reader.clock.advance(100);
  assert.deepEqual([reader.channel('a').state, reader.channel('a').reason], ['refused', 'banned']);
  reader.clock.advance(14 * MINUTE);
  assert.equal(reader.twitch.asked.get('a'), 1);
  reader.clock.advance(2 * MINUTE);
  assert.deepEqual(reader.counts, { joined: 2 });
  assert.equal(reader.twitch.asked.get('b'), 1);
});
