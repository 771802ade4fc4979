import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelNames } from './supervised-chat.ts';
import { TwitchReader, type ReaderOptions } from './twitch-reader.ts';

const MINUTE = 60_000;
const TWENTY = channelNames(20);

/** A reader that has joined all of its channels long enough ago for another twenty JOINs. */
function settled(channels: readonly string[], options: ReaderOptions = {}): TwitchReader {
  const reader = new TwitchReader(channels, options);
  reader.clock.advance(Math.ceil(channels.length / 20) * 11_000 + 1_000);
  assert.deepEqual(reader.counts, { joined: channels.length });
  return reader;
}

/** What was said and did not come, once all that was on its way is there. */
function missing(reader: TwitchReader, said: readonly string[]): readonly string[] {
  reader.clock.advance(1_000);
  const came = new Set(reader.ids);
  return said.filter((id) => !came.has(id));
}

test('RECONNECT with the old socket open for 5 s: nothing is lost or doubled, and every channel is covered at every moment', () => {
  const reader = settled(TWENTY);
  const [old] = reader.twitch.sessions;
  old?.reconnect();
  reader.clock.after(5_000, () => old?.end());
  const said: string[] = [];
  for (let passed = 0; passed < 6_000; passed += 50) {
    said.push(...reader.chatFor(50, TWENTY));
    assert.deepEqual([reader.counts, reader.uncovered], [{ joined: 20 }, []]);
  }
  reader.clock.advance(1_000);
  assert.deepEqual(reader.ids, said);
  assert.ok(reader.repeats > 0, 'both connections read for a while');
  assert.deepEqual(reader.gaps, []);
  assert.deepEqual(reader.log.slice(1), [
    'outgoing reconnect_requested',
    'registered anonymous',
    'ended reconnect_requested',
  ]);
  const { state, reconnects } = reader.supervisor.status();
  assert.deepEqual([state, reconnects], ['connected', 1]);
});

test('RECONNECT with the old socket closed at once: the gap is the time to connect and join, and it is told', () => {
  const reader = settled(TWENTY);
  const [old] = reader.twitch.sessions;
  old?.reconnect();
  old?.end();
  const from = reader.clock.now() + 50;
  reader.chatFor(1_000, TWENTY);
  const to = from + 2 * 50 + 2 * 50 + 2 * 50;
  assert.deepEqual(
    reader.gaps,
    TWENTY.map((channel) => ({ channel, from, to, reason: 'reconnect_requested' })),
  );
  assert.deepEqual(reader.channel('c000').gaps, [{ from, to, reason: 'reconnect_requested' }]);
});

test('a handover retires the old connection only when the new one is in all of its channels', () => {
  const reader = settled(channelNames(40));
  const [old] = reader.twitch.sessions;
  old?.reconnect();
  reader.chatFor(10_000, channelNames(40));
  assert.equal(old?.phase, 'open');
  assert.equal(reader.twitch.session(1).channels.size, 20);
  reader.chatFor(2_000, channelNames(40));
  assert.equal(old?.phase, 'ended');
  assert.deepEqual(reader.gaps, []);
});

test('a connection whose JOIN may still be answered stays until the new one is in that channel too', () => {
  const reader = new TwitchReader(['c000', 'c001'], { joinLimit: 3 });
  reader.twitch.refusals.set('c001', 'ghost');
  reader.clock.advance(1_000);
  const old = reader.twitch.session(0);
  old.reconnect();
  reader.clock.advance(1_000);
  assert.deepEqual([...reader.twitch.session(1).channels], ['c000'], 'its pace allows one JOIN for now');
  old.channels.add('c001');
  old.say('@room-id=1 :tmi.twitch.tv ROOMSTATE #c001');
  reader.twitch.refusals.clear();
  reader.clock.advance(100);
  const said = reader.chatFor(15_000, ['c000', 'c001']);
  assert.deepEqual(missing(reader, said), []);
  assert.equal(old.phase, 'ended');
  assert.deepEqual([reader.gaps, reader.counts], [[], { joined: 2 }]);
});

test('a handover joins the busiest channels first', () => {
  const reader = settled(channelNames(40));
  const busy = ['c039', 'c021', 'c030'];
  reader.chatFor(10_000, busy);
  reader.twitch.session(0).reconnect();
  reader.clock.advance(1_000);
  const joined = [...reader.twitch.session(1).channels];
  assert.equal(joined.length, 20);
  assert.ok(busy.every((name) => joined.includes(name)));
});

test('a handover whose successor dies keeps the old connection, and tries another one', () => {
  const reader = settled(TWENTY);
  reader.twitch.session(0).reconnect();
  reader.chatFor(150, TWENTY);
  reader.twitch.isAccepting = false;
  reader.twitch.session(1).end();
  reader.chatFor(20_000, TWENTY, 500);
  assert.deepEqual(reader.counts, { joined: 20 });
  assert.equal(reader.twitch.session(0).phase, 'open');
  reader.twitch.isAccepting = true;
  const said = reader.chatFor(60_000, TWENTY, 500);
  assert.equal(reader.twitch.session(0).phase, 'ended');
  assert.deepEqual(missing(reader, said), []);
  assert.deepEqual([reader.gaps, reader.uncovered], [[], []]);
  assert.ok(reader.twitch.sessions.length > 3);
});

test('a handover whose old connection dies leaves gaps in the channels alone that are not joined anew', () => {
  const reader = settled(channelNames(40));
  const [old] = reader.twitch.sessions;
  old?.reconnect();
  reader.clock.advance(5_000);
  old?.end();
  reader.clock.advance(100);
  assert.equal(reader.uncovered.length, 20);
  reader.clock.advance(10_000);
  assert.deepEqual(reader.uncovered, []);
  assert.equal(reader.gaps.length, 20);
  assert.ok(reader.gaps.every(({ reason }) => reason === 'reconnect_requested'));
});

test('a handover ends a minute after the successor registered, whatever is not joined by then', () => {
  const reader = settled(TWENTY);
  reader.twitch.refusals.set('c000', 'ghost');
  reader.twitch.session(0).reconnect();
  reader.clock.advance(MINUTE);
  assert.equal(reader.twitch.session(0).phase, 'open');
  reader.clock.advance(1_000);
  assert.equal(reader.twitch.session(0).phase, 'ended');
  assert.deepEqual(reader.counts, { joined: 19, joining: 1 });
  assert.deepEqual(reader.uncovered, ['c000']);
});

test('a handover does not wait for a channel that is refused by name', () => {
  const reader = settled(TWENTY);
  reader.twitch.refusals.set('c000', 'msg_channel_suspended');
  reader.twitch.session(0).reconnect();
  reader.clock.advance(2_000);
  assert.equal(reader.twitch.session(0).phase, 'ended');
  assert.deepEqual(reader.channel('c000').reason, 'msg_channel_suspended');
  assert.equal(reader.channel('c000').gaps.at(-1)?.reason, 'msg_channel_suspended');
});

test('a connection that falls silent is replaced at once, and its gap reaches back to what was last heard', () => {
  const reader = settled(TWENTY);
  reader.chatFor(1_000, TWENTY);
  reader.clock.advance(50);
  const heardAt = reader.clock.now();
  reader.twitch.session(0).isCut = true;
  reader.clock.advance(9_900);
  assert.equal(reader.twitch.sessions.length, 1);
  reader.clock.advance(200);
  assert.equal(reader.twitch.sessions.length, 2);
  assert.equal(reader.supervisor.status().state, 'reconnecting');
  reader.clock.advance(400);
  assert.deepEqual(reader.counts, { joined: 20 });
  assert.equal(reader.supervisor.status().state, 'connected');
  assert.equal(reader.log.at(-1), 'ended ping_timeout');
  const [gap] = reader.gaps;
  assert.equal(reader.gaps.length, 20);
  assert.deepEqual([gap?.reason, (gap?.from ?? 0) >= heardAt - 50], ['ping_timeout', true]);
  assert.ok((gap?.from ?? Infinity) <= heardAt);
});

test('a connection that falls silent where nobody accepts another ends after as long again', () => {
  const reader = settled(['a']);
  reader.twitch.isAccepting = false;
  reader.twitch.session(0).isCut = true;
  reader.clock.advance(10_200);
  assert.ok(!reader.log.includes('ended ping_timeout'));
  reader.clock.advance(5_000);
  assert.ok(reader.log.includes('ended ping_timeout'));
  assert.deepEqual(reader.uncovered, ['a']);
  reader.twitch.isAccepting = true;
  reader.clock.advance(MINUTE);
  assert.deepEqual(reader.counts, { joined: 1 });
});

test('another account takes over without a gap, and a refused one leaves nothing unread', () => {
  const reader = settled(channelNames(60));
  reader.supervisor.setAccount('my_bot', 'hunter2');
  const said = reader.chatFor(50_000, channelNames(60), 500);
  assert.deepEqual(
    reader.twitch.alive.map(({ nick }) => nick),
    ['my_bot', 'my_bot'],
  );
  assert.equal(reader.supervisor.status().identity, 'my_bot');
  assert.equal(reader.log.filter((entry) => entry === 'ended replaced').length, 2);
  reader.twitch.refusedNick = 'your_bot';
  reader.supervisor.setAccount('your_bot', 'wrong');
  const saidThen = reader.chatFor(60_000, channelNames(60), 500);
  assert.equal(reader.supervisor.status().identity, 'anonymous');
  assert.equal(reader.log.filter((entry) => entry === 'login of your_bot refused').length, 1);
  assert.deepEqual(missing(reader, [...said, ...saidThen]), []);
  assert.deepEqual([reader.gaps, reader.uncovered], [[], []]);
});
