import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TAG_NAMES } from '../../shared/known-tags.ts';
import { formatMessage, parseMessage, type Message } from '../../shared/tmi-parser.ts';

const anyString = fc.string({ unit: 'binary', maxLength: 200 });
/** Lines made mostly of what means something to the parser. */
const hostileLine = fc.string({
  unit: fc.constantFrom(
    '@',
    ':',
    ';',
    '=',
    '\\',
    ' ',
    ' ',
    's',
    'n',
    'a',
    'b',
    '!',
    '#',
    '\r',
    '\0',
    'é',
    '😀',
    '\ud800',
  ),
  maxLength: 60,
});

const without = (characters: string): fc.Arbitrary<string> =>
  anyString.map((text) =>
    Array.from(text)
      .filter((character) => !characters.includes(character))
      .join(''),
  );
const reserved = fc.constantFrom('__proto__', 'constructor', 'hasOwnProperty', 'prototype', 'toString');
const tagName = fc.oneof(without(' ;=\n').filter(Boolean), reserved);
const middle = without(' \n').filter((text) => text !== '' && !text.startsWith(':'));
const validMessage: fc.Arbitrary<Message> = fc.record(
  {
    tags: fc.array(fc.tuple(tagName, anyString)).map((entries) => new Map(entries)),
    source: without(' \n'),
    command: middle.filter((text) => !text.startsWith('@')),
    params: fc
      .tuple(fc.array(middle), fc.option(without('\n')))
      .map(([params, last]) => params.concat(last ?? [])),
  },
  { noNullPrototype: true },
);

test('no string makes the parser throw', () => {
  fc.assert(fc.property(anyString, (line) => void parseMessage(line)));
  fc.assert(fc.property(hostileLine, (line) => void parseMessage(line)));
});

test('every valid message is read back as it was written', () => {
  fc.assert(fc.property(validMessage, (message) => assert.deepEqual(read(formatMessage(message)), message)));
});

test('any value of a tag survives escaping and unescaping', () => {
  fc.assert(
    fc.property(anyString, (value) => {
      const line = formatMessage({ tags: new Map([['a', value]]), source: '', command: 'X', params: [] });
      assert.doesNotMatch(line, /[\r\n]/);
      assert.equal(parseMessage(line)?.tags.get('a'), value);
    }),
  );
});

test('a line that was parsed and written again means the same', () => {
  fc.assert(
    fc.property(hostileLine, (line) => {
      const message = parseMessage(line);
      if (message) assert.deepEqual(read(formatMessage(message)), message);
    }),
    { numRuns: 2000 },
  );
});

test('the parser agrees with a plain reading of the rules', () => {
  fc.assert(
    fc.property(hostileLine, (line) => assert.deepEqual(read(line), plainReading(line))),
    { numRuns: 5000 },
  );
});

test('tags named like members of an object are data and change nothing else', () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  fc.assert(
    fc.property(fc.uniqueArray(reserved), without(' ;\\\n'), (names, value) => {
      const line = `@${names.map((name) => `${name}=${value}`).join(';')} X`;
      assert.deepEqual(
        [...(parseMessage(line)?.tags ?? [])],
        names.map((name) => [name, value]),
      );
    }),
  );
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before);
});

for (const [name, unit] of [
  ['semicolons', ';'],
  ['tags without a value', 'a;'],
  ['tags with a value', 'a=b;'],
  ['backslashes', '\\'],
  ['escaped values', 'a=\\s;'],
  ['spaces', ' '],
] as const) {
  test(`8 KB of ${name} are walked over a few times, not once for each`, (t) => {
    const line = `@a=${unit.repeat(8192 / unit.length)} X a`;
    const spy = t.mock.method(String.prototype, 'indexOf');
    parseMessage(line);
    spy.mock.restore();
    const walked = spy.mock.calls.map(({ this: text, arguments: [, from = 0], result = 0 }) =>
      result < 0 ? String(text).length - from : result - from,
    );
    assert.ok(walked.length > 0);
    assert.ok(walked.reduce((sum, characters) => sum + characters, 0) <= 5 * line.length);
  });
}

test('tags that Twitch is known to send are read by the same rules, in whatever order and however often', () => {
  const value = fc
    .oneof(fc.string(), fc.stringMatching(/^[=\\s:n;a]*$/))
    .map((text) => text.replace(/[ \n]/g, ''));
  const written = fc
    .array(fc.tuple(fc.constantFrom(...TAG_NAMES, 'unknown', ''), fc.option(value)), { maxLength: 40 })
    .chain((tags) =>
      fc.constantFrom(
        tags,
        [...tags].sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    );
  fc.assert(
    fc.property(written, (tags) => {
      const words = tags.map(([name, text]) => (text === null ? name : `${name}=${text}`));
      const line = `@${words.join(';')} PRIVMSG #a :b=c;id=1`;
      assert.deepEqual(read(line), plainReading(line));
    }),
    { numRuns: 2000 },
  );
});

test('tags in the order of Twitch can be used as a Map', () => {
  fc.assert(
    fc.property(fc.subarray([...TAG_NAMES], { minLength: 1 }), (names) => {
      const expected = new Map<string, string>(
        names.map((name, index) => [name, index % 3 === 0 ? '' : `${index}`]),
      );
      const tags = parseMessage(
        `@${Array.from(expected, ([name, value]) => `${name}=${value}`).join(';')} X`,
      )?.tags;
      assert.ok(tags);
      assert.equal(tags.size, expected.size);
      assert.deepEqual(
        [[...tags.keys()], [...tags.values()]],
        [[...expected.keys()], [...expected.values()]],
      );
      const each: [string, string][] = [];
      tags.forEach((value, name) => each.push([name, value]));
      assert.deepEqual(each, [...expected]);
      for (const name of [...TAG_NAMES, 'unknown']) {
        assert.deepEqual([tags.get(name), tags.has(name)], [expected.get(name), expected.has(name)]);
      }
    }),
  );
});

/** With its tags in a Map, to be compared: what else may hold them is the parser's affair. */
function read(line: string): Message | undefined {
  const message = parseMessage(line);
  return message && { ...message, tags: new Map(message.tags) };
}

/** Slow and obvious: what https://modern.ircdocs.horse/#message-format says, with our leniencies. */
function plainReading(line: string): Message | undefined {
  const tags = new Map<string, string>();
  let source = '';
  let word = '';
  let rest = line.replace(/^ +/, '');
  if (rest.startsWith('@')) {
    [word, rest] = firstWord(rest);
    for (const tag of word.slice(1).split(';')) {
      const [name = '', ...value] = tag.split('=');
      if (name !== '') tags.set(name, plainUnescape(value.join('=')));
    }
  }
  if (rest.startsWith(':')) {
    [word, rest] = firstWord(rest);
    source = word.slice(1);
  }
  if (/^([@:]|$)/.test(rest)) return undefined;
  const [middles = '', ...trailing] = rest.split(/ +:(.*)/s);
  const [command = '', ...params] = middles.split(/ +/).filter(Boolean);
  return { tags, source, command, params: params.concat(trailing.slice(0, 1)) };
}

function firstWord(text: string): [word: string, rest: string] {
  const [word = ''] = text.split(' ');
  return [word, text.slice(word.length).replace(/^ +/, '')];
}

function plainUnescape(value: string): string {
  const letters: Record<string, string> = { ':': ';', s: ' ', '\\': '\\', r: '\r', n: '\n' };
  return value.replaceAll(/\\(.?)/gsu, (_, letter: string) => letters[letter] ?? letter);
}
