import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextDeadline } from '../../../gateway/twitch/session.ts';
import { LOGIN, play, type Row } from './session-script.ts';

test('retiring leaves when the last PING is answered, not when an earlier one is', () => {
  play([
    ...LOGIN,
    [200, 'retire', '> PING :tmi.twitch.tv'],
    [210, 'PING :x', '> PONG :x'],
    [220, 'PONG :x', 'close'],
    [230, 'closed', 'ended replaced: enough'],
  ]);
  play([
    ...LOGIN,
    [5_150, 'deadline', '> PING :tmi.twitch.tv'],
    [5_200, 'retire', '> PING :tmi.twitch.tv'],
    [5_300, 'PONG :first'],
    [5_310, 'PONG :second', 'close'],
    [6_310, 'deadline', 'ended replaced: enough (silent)'],
  ]);
  play([
    ...LOGIN,
    [5_150, 'deadline', '> PING :tmi.twitch.tv'],
    [5_200, 'USERNOTICE #a', 'ignored'],
    [10_200, 'deadline', '> PING :tmi.twitch.tv'],
    [10_300, 'PONG :first'],
    [10_400, 'retire', '> PING :tmi.twitch.tv'],
    [10_500, 'PONG :second'],
    [10_600, 'PONG :third', 'close'],
  ]);
});

test('retiring waits for the PONG as long as anything comes, for it may stand behind a burst, but not for ever', () => {
  play([
    ...LOGIN,
    [200, 'retire', '> PING :tmi.twitch.tv'],
    [3_200, 'deadline', 'ended replaced: enough (silent)'],
  ]);
  play([
    ...LOGIN,
    [200, 'retire', '> PING :tmi.twitch.tv'],
    [300, 'USERNOTICE #a', 'ignored'],
    [3_200, 'too early'],
    [3_300, 'deadline', 'ended replaced: enough (silent)'],
  ]);
  play([
    ...LOGIN,
    [200, 'retire', '> PING :tmi.twitch.tv'],
    ...Array.from({ length: 30 }, (_, n): Row => [2_200 + n * 2_000, 'USERNOTICE #a', 'ignored']),
    [60_200, 'deadline', 'close'],
  ]);
});

test('after a reset nobody knows whether all has arrived; after a proper close all has', () => {
  play([...LOGIN, [200, 'closed', 'ended closed: close code 1006']]);
  play([...LOGIN, [200, 'reset', 'ended closed: close code 1006 (silent)']]);
});

test('retiring a link that is silent ends it at once, and one that has not registered leaves', () => {
  play([
    ...LOGIN,
    [5_150, 'deadline', '> PING :tmi.twitch.tv'],
    [8_150, 'deadline', 'outgoing ping_timeout'],
    [8_160, 'retire', 'ended ping_timeout: nothing heard for 3000 ms after our PING (silent)'],
  ]);
  play([[0, 'retire', 'ended replaced: enough']]);
});

test('leaving waits a second for the server and no longer', () => {
  play([...LOGIN, [200, 'leave', 'close'], [1_200, 'deadline', 'ended stopped: we left (silent)']]);
});

test('leaving is immediate while there is no WebSocket', () => {
  play([[0, 'leave', 'ended stopped: we left']]);
});

test('leaving happens once, and nothing follows it', () => {
  const session = play([
    ...LOGIN,
    [200, 'closed', 'ended closed: close code 1006'],
    [210, 'closed'],
    [210, 'leave'],
    [210, 'open'],
    [210, 'JOIN a'],
    [99_999, 'too early'],
  ]);
  assert.equal(nextDeadline(session, 0), Infinity);
});
