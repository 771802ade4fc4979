import assert from 'node:assert/strict';
import { test } from 'node:test';
import { step } from '../../../gateway/twitch/session.ts';
import { anonymous, LOGIN, ours, play } from './session-script.ts';

function notice(msgId: string, channel: string): string {
  return `@msg-id=${msgId} :tmi.twitch.tv NOTICE #${channel} :Whatever it says`;
}

test('channels are confirmed by our own JOIN or by ROOMSTATE, once', () => {
  play([
    ...LOGIN,
    [200, 'JOIN a,b', '> JOIN #a,#b'],
    [250, ours('JOIN', 'a'), 'joined a'],
    [250, '@room-id=1 :tmi.twitch.tv ROOMSTATE #a', 'ignored'],
    [260, '@room-id=2 :tmi.twitch.tv ROOMSTATE #b', 'joined b'],
    [260, ours('JOIN', 'b'), 'ignored'],
  ]);
});

test('channels are not confirmed by the JOIN of somebody else, nor without having been asked for', () => {
  play([
    ...LOGIN,
    [200, 'JOIN a', '> JOIN #a'],
    [250, ':ann!ann@ann.tmi.twitch.tv JOIN #a', 'ignored'],
    [250, ours('JOIN', 'other'), 'ignored'],
    [250, '@room-id=1 :tmi.twitch.tv ROOMSTATE #other', 'ignored'],
  ]);
});

test('channels are given up after ten seconds of silence, each by its own clock; a late answer still counts', () => {
  play([
    ...LOGIN,
    [200, 'JOIN a', '> JOIN #a'],
    [1_000, 'JOIN b', '> JOIN #b'],
    [6_000, 'PING :x', '> PONG :x'],
    [10_200, 'deadline', 'refused a no_answer'],
    [11_000, 'deadline', 'refused b no_answer', '> PING :tmi.twitch.tv'],
    [11_100, ours('JOIN', 'a'), 'joined a'],
  ]);
});

for (const msgId of [
  'msg_channel_suspended',
  'msg_banned',
  'tos_ban',
  'msg_room_not_found',
  'msg_channel_blocked',
  'no_permission',
  'msg_concurrent_channel_limit_reached',
]) {
  test(`channels are refused by ${msgId}, which costs the connection nothing`, () => {
    play([
      ...LOGIN,
      [200, 'JOIN a,b', '> JOIN #a,#b'],
      [250, notice(msgId, 'a'), `refused a ${msgId}`],
      [260, ours('JOIN', 'b'), 'joined b'],
      [300, 'JOIN a', '> JOIN #a'],
    ]);
  });
}

test('channels are not refused by other notices, nor by notices for channels that are not ours', () => {
  play([
    ...LOGIN,
    [200, 'JOIN a', '> JOIN #a'],
    [250, notice('slow_on', 'a'), 'ignored'],
    [250, ':tmi.twitch.tv NOTICE #a :This room is now in slow mode.', 'ignored'],
    [250, notice('msg_banned', 'other'), 'ignored'],
  ]);
});

test('channels are joined when one JOIN succeeds after another one was refused', () => {
  play([
    ...LOGIN,
    [200, 'JOIN a', '> JOIN #a'],
    [6_000, 'PING :x', '> PONG :x'],
    [10_200, 'deadline', 'refused a no_answer'],
    [10_300, 'JOIN a', '> JOIN #a'],
    [
      11_000,
      notice('msg_concurrent_channel_limit_reached', 'a'),
      'refused a msg_concurrent_channel_limit_reached',
    ],
    [11_500, ours('JOIN', 'a'), 'joined a'],
  ]);
});

test('channels are refused as banned when the server parts us', () => {
  play([
    ...LOGIN,
    [200, 'JOIN a', '> JOIN #a'],
    [250, ours('JOIN', 'a'), 'joined a'],
    [260, ':ann!ann@ann.tmi.twitch.tv PART #a', 'ignored'],
    [270, ours('PART', 'a'), 'refused a banned'],
    [280, ours('PART', 'a'), 'ignored'],
  ]);
});

test('channels that we leave are parted when the server says so, or after ten seconds', () => {
  play([
    ...LOGIN,
    [200, 'JOIN a,b', '> JOIN #a,#b'],
    [210, ours('JOIN', 'a'), 'joined a'],
    [1_000, 'PART a,b', '> PART #a,#b'],
    [1_010, ours('JOIN', 'b'), 'ignored'],
    [1_020, notice('msg_banned', 'b'), 'ignored'],
    [1_030, ours('PART', 'a'), 'parted a'],
    [6_000, 'PING :x', '> PONG :x'],
    [11_000, 'deadline', 'parted b', '> PING :tmi.twitch.tv'],
    [11_100, ours('PART', 'b'), 'ignored'],
    [11_200, 'JOIN a', '> JOIN #a'],
    [11_300, ours('JOIN', 'a'), 'joined a'],
  ]);
});

test('channels are not given up while nothing at all is heard: it may be the link that is gone', () => {
  const stalled = [
    ...LOGIN,
    [200, 'JOIN a,b', '> JOIN #a,#b'],
    [5_150, 'deadline', '> PING :tmi.twitch.tv'],
    [8_150, 'deadline', 'outgoing ping_timeout'],
  ] as const;
  play([
    ...stalled,
    [10_200, 'too early'],
    [11_150, 'deadline', 'ended ping_timeout: nothing heard for 3000 ms after our PING (silent)'],
  ]);
  play([
    ...stalled,
    [10_300, 'PONG :late', 'round trip 5150'],
    [10_300, 'overdue', 'refused a no_answer', 'refused b no_answer'],
  ]);
});

test('channels in doubt are worth a PING of their own where silence may last longer', () => {
  const asked = [
    ...LOGIN,
    [200, 'JOIN a', '> JOIN #a'],
    [10_200, 'deadline', '> PING :tmi.twitch.tv'],
  ] as const;
  const answered = [
    [10_250, 'PONG :x', 'round trip 50'],
    [10_250, 'overdue', 'refused a no_answer'],
  ] as const;
  play([...asked, ...answered], anonymous, 60_000);
  play([...asked, [13_200, 'deadline', 'outgoing ping_timeout']], anonymous, 60_000);
});

test('channels refused by name after their answer was overdue are refused once more, for the better reason', () => {
  play([
    ...LOGIN,
    [200, 'JOIN a', '> JOIN #a'],
    [6_000, 'PING :x', '> PONG :x'],
    [10_200, 'deadline', 'refused a no_answer'],
    [10_300, notice('msg_channel_suspended', 'a'), 'refused a msg_channel_suspended'],
    [10_400, notice('msg_channel_suspended', 'a'), 'ignored'],
  ]);
});

test('channels cannot be joined or left before the login', () => {
  play([
    [0, 'JOIN a'],
    [0, 'PART a'],
  ]);
});

test('channels are asked for in lines of at most 512 bytes, none forgotten', () => {
  const channels = Array.from({ length: 100 }, (_, index) => `channel_number_${index}`.padEnd(25, '_'));
  const { outputs } = step(play(LOGIN), { kind: 'join', channels }, 200);
  const lines = outputs.map((output) => (output.kind === 'send' ? output.line : ''));
  assert.ok(lines.length < 10 && lines.every((line) => line.length + 2 <= 512));
  const asked = lines.flatMap((line) => line.replace('JOIN ', '').split(','));
  assert.deepEqual(
    asked,
    channels.map((channel) => `#${channel}`),
  );
});
