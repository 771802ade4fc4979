import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WantedChannel } from '../../../gateway/twitch/wanted-channel.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const reader = () => ({ isRetired: false, heardAt: 0 });

/** A channel that one connection reads and another one has joined to take over, of which the first was told to go. */
function handedOver() {
  const clock = new VirtualClock(0);
  const channel = new WantedChannel('ann', clock);
  const [old, successor] = [reader(), reader()];
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
  assert.deepEqual(channel.joined(reader()), { from: 2000, to: 3000, reason: 'closed' });
});

test('what a connection missed that turns out to have been silent for long is a gap where no other one read', () => {
  const { clock, channel, old, successor } = handedOver();
  channel.lost(successor, 'closed', clock.date());
  assert.deepEqual(channel.lost(old, 'ping_timeout', 300), [{ from: 300, to: 1000, reason: 'ping_timeout' }]);
  clock.advance(500);
  assert.deepEqual(channel.joined(reader()), { from: 2000, to: 2500, reason: 'closed' });
});

test('what another connection read that has ended meanwhile is no gap', () => {
  const { clock, channel, old, successor } = handedOver();
  const third = reader();
  channel.joined(third);
  assert.deepEqual(channel.lost(old, 'replaced', clock.date()), []);
  assert.deepEqual(channel.lost(successor, 'replaced', 1500), []);
  assert.equal(channel.state, 'joined');
});

test('what one that was told to go has read meanwhile is no gap, and what was told is not told again', () => {
  const { clock, channel, old, successor } = handedOver();
  const third = reader();
  successor.isRetired = true;
  successor.heardAt = 1800;
  channel.joined(third);
  assert.deepEqual(channel.lost(old, 'replaced', 700), [
    { from: 700, to: 1000, reason: 'replaced' },
    { from: 1800, to: 2000, reason: 'replaced' },
  ]);
  clock.advance(5000);
  assert.deepEqual(channel.lost(successor, 'ping_timeout', 1800), []);
  assert.equal(channel.state, 'joined');
  assert.deepEqual(channel.lost(third, 'closed', clock.date()), []);
  clock.advance(500);
  assert.deepEqual(channel.joined(reader()), { from: 7000, to: 7500, reason: 'closed' });
});
