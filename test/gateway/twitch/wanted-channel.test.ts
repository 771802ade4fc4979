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
  assert.equal(channel.lost(successor, 'closed', clock.date()), undefined);
  assert.equal(channel.state, 'joining');
  clock.advance(500);
  assert.equal(channel.lost(old, 'replaced', clock.date()), undefined);
  clock.advance(500);
  assert.deepEqual(channel.joined({ isRetired: false }), { from: 2000, to: 3000, reason: 'closed' });
});

test('a gap begins earlier when a connection turns out to have been silent for long', () => {
  const { clock, channel, old, successor } = handedOver();
  channel.lost(successor, 'closed', clock.date());
  channel.lost(old, 'ping_timeout', 300);
  assert.deepEqual(channel.joined({ isRetired: false }), { from: 300, to: 2000, reason: 'ping_timeout' });
});
