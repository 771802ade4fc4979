import assert from 'node:assert/strict';
import { test } from 'node:test';
import { between, seededRandom } from '../../../scripts/stand-in/seeded-random.ts';
import { channelNames } from './supervised-chat.ts';
import { TwitchReader } from './twitch-reader.ts';

const HUNDRED = channelNames(100);
const SLOWEST_MS = 20;

/** A reader in as many channels as its account may be in, joined long enough ago for other JOINs. */
function full(seed: number): TwitchReader {
  const random = seededRandom(seed);
  const reader = new TwitchReader(HUNDRED, { latency: () => between(random, 1, SLOWEST_MS) });
  reader.twitch.channelLimit = HUNDRED.length;
  reader.clock.advance(60_000 + 12_000);
  assert.deepEqual(reader.counts, { joined: 100 });
  return reader;
}

test('a full account whose connections all have to go is out of each channel for two round trips at most', () => {
  for (let seed = 0; seed < 20; seed++) {
    const reader = full(seed);
    const old = reader.twitch.alive;
    for (const session of old) session.reconnect();
    reader.clock.advance(120_000);
    assert.deepEqual(reader.counts, { joined: 100 }, `seed ${seed}`);
    assert.ok(old.every(({ phase }) => phase === 'ended'));
    assert.ok(reader.log.every((entry) => !entry.startsWith('refused')));
    const gap = Math.max(...reader.gaps.map(({ from, to }) => to - from));
    assert.ok(gap <= 4 * SLOWEST_MS, `a gap of ${gap} ms, seed ${seed}`);
  }
});

test('a handover does not give up what waits for its turn to be joined', () => {
  const names = channelNames(200);
  const reader = new TwitchReader(names);
  reader.clock.advance(120_000);
  const old = reader.twitch.alive;
  for (const session of old) session.reconnect();
  const said = reader.chatFor(125_000, names, 5_000);
  reader.clock.advance(1_000);
  assert.deepEqual([reader.ids.length, reader.gaps, reader.uncovered], [said.length, [], []]);
  assert.ok(old.every(({ phase }) => phase === 'ended'));
});

test('a channel left on a link that dies before it can say so was read until that link was last heard', () => {
  const reader = new TwitchReader(['a', 'b']);
  reader.twitch.channelLimit = 2;
  reader.clock.advance(12_000);
  const [old] = reader.twitch.alive;
  old?.reconnect();
  while (old?.channels.size === 2) reader.chatFor(1, ['b'], 1);
  assert.ok(old);
  old.isCut = true;
  const partedAt = reader.clock.now();
  reader.clock.advance(30_000);
  assert.deepEqual(reader.counts, { joined: 2 });
  assert.deepEqual([...new Set(reader.gaps.map(({ channel }) => channel))].sort(), ['a', 'b']);
  assert.ok(reader.gaps.every(({ from, to }) => from <= partedAt && to > partedAt));
});

test('an account that can be in no more channels leaves each before it joins it anew, and says so', () => {
  const reader = new TwitchReader(channelNames(40));
  reader.clock.advance(23_000);
  reader.twitch.channelLimit = 40;
  reader.chatFor(11_000, channelNames(40), 500);
  reader.twitch.session(0).reconnect();
  reader.chatFor(40_000, channelNames(40), 500);
  assert.deepEqual(reader.counts, { joined: 40 });
  assert.equal(reader.twitch.session(0).phase, 'ended');
  assert.equal(reader.twitch.session(1).channels.size, 40);
  assert.equal(reader.log.filter((entry) => entry.startsWith('left first')).length, 40);
  assert.ok(reader.log.every((entry) => !entry.startsWith('refused')));
  assert.equal(reader.gaps.length, 40);
  for (const { from, to, reason } of reader.gaps) {
    assert.equal(reason, 'msg_concurrent_channel_limit_reached');
    assert.equal(to - from, 100);
  }
});
