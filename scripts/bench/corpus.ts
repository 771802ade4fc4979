import { privmsg, type Speaker } from '../stand-in/privmsg.ts';
import { between, hexDigits, seededRandom, uuid } from '../stand-in/seeded-random.ts';
import { textOf } from './text.ts';

/** 2026-01-01; lines follow each other at 5,000 a second. */
const FIRST_SENT_AT = Date.UTC(2026, 0, 1);
const LINES_PER_MS = 5;

const CHATTERS = 2000;

/** How common each is in busy channels; badges are worn in this order, as on Twitch. */
const BADGES: readonly (readonly [badge: string, chance: number])[] = [
  ['moderator/1', 0.04],
  ['vip/1', 0.03],
  ['subscriber/', 0.5],
  ['premium/1', 0.08],
  ['turbo/1', 0.01],
  ['no_audio/1', 0.03],
  ['sub-gifter/5', 0.06],
  ['bits/1000', 0.08],
];

/**
 * Chat as on a busy evening, the same for the same seed: lines of 490–610 bytes on average, two in five of them with
 * emotes or characters beyond ASCII; replies, actions, cheers, first messages and shared chat in their usual shares.
 *
 * @returns lines as Twitch sends them, without their endings
 */
export function corpus(count: number, channels: readonly string[], seed: number): readonly string[] {
  const random = seededRandom(seed);
  const chatters = Array.from({ length: CHATTERS }, (_, index) => chatter(index, random));
  return Array.from({ length: count }, (_, index) => {
    // Few say much: squaring favours the top of the list.
    const speaker = chatters[Math.floor(random() ** 2 * CHATTERS)] ?? chatter(0, random);
    const channel = channels[Math.floor(random() * channels.length)] ?? 'nobody';
    const text = textOf(random);
    return privmsg({
      channel,
      speaker,
      id: uuid(random),
      sentAt: FIRST_SENT_AT + Math.floor(index / LINES_PER_MS),
      text,
      isAction: random() < 0.005,
      tags: occasional(random, text),
    });
  });
}

function chatter(index: number, random: () => number): Speaker {
  const login = `${pick(random, NAMES)}_${pick(random, NAMES)}${index}`.slice(0, 25);
  const months = String(between(random, 1, 60));
  const worn = BADGES.filter(([, chance]) => random() < chance).map(([badge]) => badge);
  const badges = worn.map((badge) => (badge === 'subscriber/' ? badge + months : badge)).join(',');
  return {
    login,
    displayName: random() < 0.03 ? '夜の猫' : login.charAt(0).toUpperCase() + login.slice(1),
    color: random() < 0.1 ? '' : `#${hexDigits(random, 6).toUpperCase()}`,
    badges,
    badgeInfo: badges.includes('subscriber/') ? `subscriber/${months}` : '',
  };
}

const NAMES = [
  'quiet',
  'otter',
  'pixel',
  'marble',
  'fern',
  'comet',
  'biscuit',
  'harbour',
  'velvet',
  'nimbus',
];

function occasional(random: () => number, text: string): Record<string, string> {
  const tags: Record<string, string> = {};
  if (random() < 0.75) tags['client-nonce'] = hexDigits(random, 32);
  if (random() < 0.02) tags['first-msg'] = '1';
  if (random() < 0.01) tags['flags'] = `0-${Math.min(3, text.length)}:P.3`;
  if (random() < 0.005) tags['bits'] = '100';
  if (random() < 0.005) tags['msg-id'] = 'highlighted-message';
  if (random() < 0.12) Object.assign(tags, reply(random));
  if (random() < 0.03) Object.assign(tags, shared(random));
  return tags;
}

function reply(random: () => number): Record<string, string> {
  const parent = uuid(random);
  const login = pick(random, NAMES);
  return {
    'reply-parent-display-name': login,
    'reply-parent-msg-body': textOf(random),
    'reply-parent-msg-id': parent,
    'reply-parent-user-id': String(between(random, 1e6, 9e8)),
    'reply-parent-user-login': login,
    'reply-thread-parent-msg-id': parent,
    'reply-thread-parent-user-login': login,
  };
}

function shared(random: () => number): Record<string, string> {
  return {
    'source-badge-info': '',
    'source-badges': 'subscriber/3',
    'source-id': uuid(random),
    'source-only': '0',
    'source-room-id': String(between(random, 1e6, 9e8)),
  };
}

function pick(random: () => number, from: readonly string[]): string {
  return from[Math.floor(random() * from.length)] ?? '';
}
