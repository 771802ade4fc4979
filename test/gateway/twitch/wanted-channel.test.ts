import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WantedChannel } from '../../../gateway/twitch/wanted-channel.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

/** A channel that one connection reads and another one has joined to take over, of which the first was told to go. */
function handedOver() {
  const clock = new VirtualClock(0);
  const channel = new WantedChannel('ann', clock);
  const [old, successor] = [{ isRetired: false }, { isRetired: false }];
  channel.joined(old);
  clock.advance(1000);
  channel.joined(successor);
  old.isRetired = true;
  clock.advance(1000);
  return { clock, channel, old, successor };
}

test('a connection that was told to go is no reader: when its successor dies, a gap begins', () => {
  const { clock, channel, old, successor } = handedOver();
  assert.deepEqual(channel.lost(successor, 'closed', clock.date()), []);
  assert.equal(channel.state, 'joining');
  clock.advance(500);
  assert.deepEqual(channel.lost(old, 'replaced', clock.date()), []);
  clock.advance(500);
  assert.deepEqual(channel.joined({ isRetired: false }), { from: 2000, to: 3000, reason: 'closed' });
});

test('what a connection missed that turns out to have been silent for long is a gap where no other one read', () => {
  const { clock, channel, old, successor } = handedOver();
  channel.lost(successor, 'closed', clock.date());
  assert.deepEqual(channel.lost(old, 'ping_timeout', 300), [{ from: 300, to: 1000, reason: 'ping_timeout' }]);
  clock.advance(500);
  assert.deepEqual(channel.joined({ isRetired: false }), { from: 2000, to: 2500, reason: 'closed' });
});

test('what another connection read that has ended meanwhile is no gap', () => {
  const { clock, channel, old, successor } = handedOver();
  const third = { isRetired: false };
  channel.joined(third);
  assert.deepEqual(channel.lost(old, 'replaced', clock.date()), []);
  assert.deepEqual(channel.lost(successor, 'replaced', 1500), []);
  assert.equal(channel.state, 'joined');
});
