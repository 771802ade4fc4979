import fc from 'fast-check';
import { TAG_NAMES } from '../../../shared/known-tags.ts';

/** Values that mean something somewhere, and values that mean nothing anywhere. */
const anyValue = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '0',
    '1',
    '2',
    'abc',
    '#12AB9f',
    '1795428930020',
    '99999999999999999',
    '"quoted"',
    '\\s\\:',
  ),
  fc.constantFrom(
    'subscriber/12',
    'moderator/1,vip/1',
    'subscriber/3,subscriber/4',
    'broken',
    'x/\u0001',
    'x/"',
  ),
  fc.constantFrom('25:0-4', '25:0-4,6-10', '1:2-3/25:0-1', '25:90-99', '25:', 'a"b:0-1'),
  fc.constantFrom('885196de-cb67-427a-baa8-82f9b0fcd05f', '00000000-0000-0000-0000-000000000000', 'no id!'),
);

export const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', '\\', '\t', '\u0001', '\ud83d', ' ', ':') }),
  fc.string().map((text) => `\u0001ACTION ${text}\u0001`),
  fc.string({ unit: fc.constantFrom('\u0001', '\u0001ACTION', ' ', 'a') }),
);

export function nearlyAlways<T>(usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: usual, weight: 20 }, { arbitrary: unusual, weight: 1 });
}

const anyName = nearlyAlways(
  fc.constantFrom<string>(
    'display-name',
    'room-id',
    'reply-parent-msg-body',
    'custom-reward-id',
    ...TAG_NAMES,
  ),
  fc.constantFrom('unknown', '1', '__proto__'),
);

export const anyLine = fc
  .record({
    tags: fc.array(fc.tuple(anyName, anyValue), { maxLength: 12 }),
    id: fc.option(fc.uuid(), { freq: 20 }),
    sorted: nearlyAlways(fc.constant(true), fc.constant(false)),
    source: fc.option(nearlyAlways(fc.constant('ada!ada@ada.tmi.twitch.tv'), fc.string()), { freq: 20 }),
    target: nearlyAlways(fc.constant('grace'), fc.string()),
    text: fc.option(anyText, { freq: 20 }),
  })
  .map(({ tags, id, sorted, source, target, text }) => {
    const given = new Map([...tags, ...(id === null ? [] : [['id', id] as const])]);
    const names = sorted ? [...given.keys()].sort() : [...given.keys()];
    const words = names.map((name) => `${name}=${given.get(name)}`.replace(/[ ;\n]/g, ''));
    const start = words.length > 0 ? `@${words.join(';')} ` : '';
    const from = source === null ? '' : `:${source} `;
    return `${start}${from}PRIVMSG #${target}${text === null ? '' : ` :${text}`}`;
  });

const someNumber = fc.nat({ max: 40 });
const range = nearlyAlways(
  fc.tuple(someNumber, fc.nat({ max: 4 })).map(([first, more]) => `${first}-${first + more}`),
  fc.constantFrom('', '-', '1', '2-1', '1-x', '-1', '01-02', '1-', '0-99999999999999999999'),
);
const emoteId = nearlyAlways(
  fc.constantFrom('25', 'emotesv2_a', '"'),
  fc.constantFrom('', 'a\\s', 'i'.repeat(129)),
);
export const emotesTag = fc
  .array(fc.tuple(emoteId, fc.array(range, { minLength: 1, maxLength: 4 })), { minLength: 1, maxLength: 4 })
  .map((emotes) => emotes.map(([id, ranges]) => `${id}:${ranges.join(',')}`).join('/'));
