import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TwitchReader } from './twitch-reader.ts';
import type { VirtualSession } from './virtual-session.ts';

/** Two connections that read `a` and `b`; a third channel keeps the old one from going. */
function inHandover(): { reader: TwitchReader; old: VirtualSession; next: VirtualSession } {
  const reader = new TwitchReader(['a', 'b', 'held']);
  reader.clock.advance(1_000);
  reader.twitch.refusals.set('held', 'ghost');
  reader.twitch.session(0).reconnect();
  reader.clock.advance(1_000);
  const [old, next] = [reader.twitch.session(0), reader.twitch.session(1)];
  assert.deepEqual(
    [[...old.channels], [...next.channels]],
    [
      ['a', 'b', 'held'],
      ['a', 'b'],
    ],
  );
  return { reader, old, next };
}

test('a refusal on the connection that goes does not count while its successor is in the channel', () => {
  const { reader, old, next } = inHandover();
  old.part('a');
  old.say('@msg-id=msg_banned :tmi.twitch.tv NOTICE #b :You are banned.');
  reader.clock.advance(1_000);
  assert.deepEqual([reader.counts, reader.gaps], [{ joined: 3 }, []]);
  next.end();
  old.end();
  reader.twitch.refusals.clear();
  reader.clock.advance(15_000);
  assert.deepEqual(reader.counts, { joined: 3 });
  assert.ok(reader.log.every((entry) => !entry.startsWith('refused')));
});

for (const [what, firstOf] of [
  ['the connection that goes', 0],
  ['its successor', 1],
] as const) {
  test(`a ban that both connections are told, first ${what}, is one refusal`, () => {
    const { reader } = inHandover();
    reader.twitch.session(firstOf).part('a');
    reader.clock.advance(500);
    reader.twitch.session(1 - firstOf).part('a');
    reader.clock.advance(500);
    assert.deepEqual([reader.channel('a').state, reader.channel('a').reason], ['refused', 'banned']);
    assert.deepEqual(reader.uncovered, ['a']);
    assert.deepEqual(
      reader.log.filter((entry) => entry.startsWith('refused')),
      ['refused a banned 900000'],
    );
  });
}

test('a ban told on the connection that goes, before its successor has joined, is asked about once more', () => {
  const reader = new TwitchReader(['a', 'b']);
  reader.clock.advance(1_000);
  const old = reader.twitch.session(0);
  old.reconnect();
  reader.clock.advance(230);
  reader.twitch.refusals.set('a', 'msg_banned');
  old.part('a');
  reader.clock.advance(1_000);
  assert.deepEqual(
    reader.log.filter((entry) => entry.startsWith('refused')),
    ['refused a msg_banned 900000'],
  );
  assert.deepEqual([reader.channel('a').reason, reader.channel('b').state], ['msg_banned', 'joined']);
  assert.equal(reader.channel('a').gaps.at(-1)?.to, null);
});
