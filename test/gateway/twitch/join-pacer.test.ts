import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JoinPacer, type Wish } from '../../../gateway/twitch/join-pacer.ts';
import type { Link } from '../../../gateway/twitch/link.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { NO_PACE_MEMORY } from '../../../gateway/twitch/pace-memory.ts';

test('where places in the pace come one at a time, a busy channel that is never content does not keep a quiet one waiting', () => {
  const clock = new VirtualClock(0);
  const joined: string[] = [];
  const link = { join: (names: readonly string[]) => joined.push(...names) } as unknown as Link;
  const wish = (name: string, messages: number, at: number): Wish => {
    const channel = { name, isRefused: false, messagesLately: () => messages };
    return { channel: channel as unknown as Wish['channel'], link, at, makeRoom: undefined };
  };
  const pacer = new JoinPacer(1, clock, NO_PACE_MEMORY, () => [
    wish('busy', 5, clock.now()),
    wish('quiet', 0, 0),
  ]);
  pacer.resume();
  for (let second = 0; second < 60; second++) clock.advance(1000);
  pacer.stop();
  assert.deepEqual(joined.slice(0, 4), ['busy', 'quiet', 'busy', 'quiet']);
});
