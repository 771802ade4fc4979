import assert from 'node:assert/strict';
import { test } from 'node:test';
import { livelyChat, LIVELY_CHANNELS, SCENES, type LivelyLine } from '../../scripts/stand-in/lively-chat.ts';
import { HOST } from '../../scripts/stand-in/scenes/scene.ts';
import { toEnvelope, type Envelope } from '../../shared/envelope.ts';
import { parseMessage } from '../../shared/tmi-parser.ts';
import { overTheWire, schemaErrors } from '../shared/envelope-schema.ts';

const NOW = Date.UTC(2026, 4, 1, 20, 0, 0, 123);

function chat({ seed = 7, round = 0, channels = LIVELY_CHANNELS } = {}): readonly LivelyLine[] {
  return [...livelyChat({ seed, round, channels, now: () => NOW })];
}

function envelopes(lines: readonly LivelyLine[]): readonly Envelope[] {
  return lines.map(({ line }) => {
    const message = parseMessage(line);
    assert.ok(message, line);
    return toEnvelope({ message, line, replacedBytes: false, receivedAt: NOW }, 'internal.finalizer.v1');
  });
}

const ROUND = chat();
const ENVELOPES = envelopes(ROUND);

test('the same seed gives the same chat, another seed or round a different one', () => {
  assert.deepEqual(chat(), ROUND);
  assert.notDeepEqual(chat({ seed: 8 }), ROUND);
  assert.notDeepEqual(chat({ round: 1 }), ROUND);
});

test('a round is some hundreds of lines by about sixty people in every channel', () => {
  assert.ok(ROUND.length >= 200 && ROUND.length < 1000, `${ROUND.length} lines`);
  assert.deepEqual(new Set(ROUND.map(({ channel }) => channel)), new Set(LIVELY_CHANNELS));
  assert.equal(new Set(ENVELOPES.map(({ user }) => user.id)).size, 60);
});

test('every line becomes an envelope without anomalies that the schema accepts', () => {
  for (const envelope of ENVELOPES) {
    const { payload, source, user } = envelope;
    assert.equal(schemaErrors(overTheWire(envelope)), '');
    assert.equal(payload.anomalies, undefined);
    assert.notEqual(source.channelId, '');
    assert.notEqual(user.id, '');
    assert.equal(payload.sentAt, new Date(NOW).toISOString());
  }
  assert.deepEqual(
    ENVELOPES.map(({ source }) => source.channel),
    ROUND.map(({ channel }) => channel),
  );
});

test('ids are UUIDs that no round and no seed repeats', () => {
  const rounds = [0, 1, 2, 3, 4].flatMap((round) =>
    [1, 2].flatMap((seed) => envelopes(chat({ seed, round }))),
  );
  assert.equal(new Set(rounds.map(({ id }) => id)).size, rounds.length);
  for (const { id } of rounds) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

test('a member of the cast has one id, one color and one spelling in all rounds', () => {
  const looks = new Map<string, string>();
  for (const { user, payload } of [...ENVELOPES, ...envelopes(chat({ round: 1 }))]) {
    const look = `${user.id} ${user.displayName} ${payload.color}`;
    assert.equal(looks.get(user.name) ?? look, look);
    looks.set(user.name, look);
    assert.match(user.name, /^[a-z0-9_]{3,25}$/);
    assert.ok(
      user.displayName.toLowerCase() === user.name || /[^ -~]/.test(user.displayName),
      user.displayName,
    );
  }
});

const FEATURES: Readonly<Record<string, (envelope: Envelope) => boolean>> = {
  'a broadcaster': ({ user }) => user.role === 'broadcaster',
  'a moderator': ({ user }) => user.role === 'moderator',
  'a lead moderator': ({ payload }) => payload.isMod && payload.raw.tags['mod'] === '0',
  'a vip': ({ user }) => user.role === 'vip',
  'a subscriber with months': ({ payload }) => payload.badgeInfo['subscriber'] === '8',
  'a founder': ({ payload }) => payload.isSubscriber && payload.badges.includes('founder'),
  'a plain viewer': ({ user, payload }) => user.role === 'viewer' && payload.badges.length === 0,
  'a bot': ({ payload }) => payload.badges.includes('bot-badge'),
  turbo: ({ payload }) => payload.raw.tags['turbo'] === '1',
  'no color': ({ payload }) => payload.color === '',
  bits: ({ payload }) => payload.bits === 100 && payload.text.startsWith('Cheer100 '),
  'a /me': ({ payload }) => payload.isAction,
  'several emotes': ({ payload }) => payload.emotes.length === 3,
  'a channel emote': ({ payload }) => payload.emotes.some(({ id }) => id.startsWith('emotesv2_')),
  'an emote after an emoji': ({ payload: { text, emotes } }) =>
    emotes.some(({ start }) => /[\u{10000}-\u{10ffff}]/u.test(text.slice(0, start))),
  'an emote in a reply': ({ payload }) => payload.emotes.length > 0 && payload.reply !== undefined,
  'a first message': ({ payload }) => payload.isFirstMessage,
  'a returning chatter': ({ payload }) => payload.isReturningChatter,
  'a highlighted message': ({ payload }) => payload.noticeId === 'highlighted-message',
  'a redeemed reward': ({ payload }) => payload.rewardId !== undefined,
  'a Hype Chat with cents': ({ payload }) => payload.paid?.currency === 'EUR' && payload.paid.exponent === 2,
  'a Hype Chat without': ({ payload }) => payload.paid?.currency === 'JPY' && payload.paid.exponent === 0,
  'the origin of a shared message': ({ payload }) => payload.sharedChat?.isOrigin === true,
  'the copy of a shared message': ({ payload }) => payload.sharedChat?.isOrigin === false,
  'a client nonce': ({ payload }) => payload.raw.tags['client-nonce'] !== undefined,
  'no client nonce': ({ payload }) => payload.raw.tags['client-nonce'] === undefined,
  Japanese: ({ payload }) => /\p{Script=Hiragana}/u.test(payload.text),
  Korean: ({ payload }) => /\p{Script=Hangul}/u.test(payload.text),
  Chinese: ({ user }) => user.displayName === '小雨',
  Arabic: ({ payload }) => /\p{Script=Arabic}/u.test(payload.text),
  Cyrillic: ({ payload }) => /\p{Script=Cyrillic}/u.test(payload.text),
  Devanagari: ({ payload }) => /\p{Script=Devanagari}/u.test(payload.text),
  Thai: ({ payload }) => /\p{Script=Thai}/u.test(payload.text),
  Greek: ({ payload }) => /\p{Script=Greek}/u.test(payload.text),
  'an emoji joined by ZWJ': ({ payload }) => payload.text.includes('\u200d'),
};
for (const [feature, shows] of Object.entries(FEATURES)) {
  test(`a round shows ${feature}`, () => assert.ok(ENVELOPES.some(shows)));
}

test('every reply answers an earlier message of its channel and stays in its thread', () => {
  const earlier = new Map<string, Envelope>();
  let inDeeperThreads = 0;
  for (const envelope of ENVELOPES) {
    const { reply } = envelope.payload;
    if (reply) {
      const parent = earlier.get(reply.messageId);
      assert.ok(parent, envelope.payload.text);
      assert.equal(parent.source.channel, envelope.source.channel);
      assert.equal(reply.text, parent.payload.text);
      assert.equal(reply.threadMessageId, parent.payload.reply?.threadMessageId ?? parent.id);
      assert.ok(envelope.payload.text.startsWith(`@${parent.user.displayName} `));
      if (parent.payload.reply) inDeeperThreads += 1;
    }
    earlier.set(envelope.id, envelope);
  }
  assert.ok(inDeeperThreads > 0);
});

test('the copy of a shared message names its original, which is in another channel', () => {
  const byId = new Map(ENVELOPES.map((envelope) => [envelope.id, envelope]));
  const copies = ENVELOPES.filter(({ payload }) => payload.sharedChat?.isOrigin === false);
  for (const copy of copies) {
    const original = byId.get(copy.payload.sharedChat?.messageId ?? '');
    assert.ok(original);
    assert.notEqual(original.source.channel, copy.source.channel);
    assert.equal(copy.payload.sharedChat?.channelId, original.source.channelId);
    assert.equal(copy.payload.text, original.payload.text);
  }
});

test('in every scene the whole cast speaks and nobody else, and replies are to somebody who spoke', () => {
  for (const { cast, remarks } of SCENES) {
    const spoke = new Set<string>();
    for (const { by, replyTo, text } of remarks) {
      assert.ok(replyTo === undefined || spoke.has(replyTo), text);
      spoke.add(by);
    }
    assert.deepEqual([...spoke].sort(), [HOST, ...Object.keys(cast)].sort());
  }
});

test('pauses make bursts of five to ten lines a second, with time to breathe', () => {
  const pauses = ROUND.map(({ pauseMs }) => pauseMs);
  assert.ok(pauses.every((ms) => Number.isInteger(ms) && ms >= 80 && ms <= 1500));
  const inBursts = pauses.filter((ms) => ms < 500);
  const meanMs = inBursts.reduce((sum, ms) => sum + ms, 0) / inBursts.length;
  assert.ok(meanMs > 100 && meanMs < 200, `${meanMs} ms`);
  assert.ok(inBursts.length < pauses.length);
});

test('one channel hosts all scenes, seven share them, and none is quiet', () => {
  const alone = chat({ channels: ['solo'] });
  assert.deepEqual(new Set(alone.map(({ channel }) => channel)), new Set(['solo']));
  assert.equal(new Set(envelopes(alone).map(({ user }) => user.name)).size, 57);
  const channels = ['a1', 'b2', 'c3', 'd4', 'e5', 'f6', 'g7'];
  assert.deepEqual(new Set(chat({ channels }).map(({ channel }) => channel)), new Set(channels));
  assert.deepEqual(chat({ channels: [] }), []);
});
