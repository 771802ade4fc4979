import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse as parseYaml } from 'yaml';
import { formatMessage, parseMessage, parseSource, type Message } from '../../shared/tmi-parser.ts';

type Atoms = { tags?: Record<string, string>; source?: string; verb: string; params?: string[] };

function vectors<T>(name: string): T[] {
  const file = new URL(`../fixtures/ircdocs/${name}.yaml`, import.meta.url);
  return (parseYaml(readFileSync(file, 'utf8')) as { tests: T[] }).tests;
}

function message({ tags = {}, source = '', verb, params = [] }: Atoms): Message {
  return { tags: new Map(Object.entries(tags)), source, command: verb, params };
}

/** With its tags in a Map, to be compared: what else may hold them is the parser's affair. */
function read(line: string): Message | undefined {
  const parsed = parseMessage(line);
  return parsed && { ...parsed, tags: new Map(parsed.tags) };
}

function tagsOf(tags: string): ReadonlyMap<string, string> | undefined {
  return read(`@${tags} PING`)?.tags;
}

describe('the test vectors of ircdocs', () => {
  for (const { input, atoms } of vectors<{ input: string; atoms: Atoms }>('msg-split')) {
    test(`${JSON.stringify(input)} is taken apart`, () => {
      assert.deepEqual(read(input), message(atoms));
    });
  }

  for (const { desc, atoms, matches } of vectors<{ desc: string; atoms: Atoms; matches: string[] }>(
    'msg-join',
  )) {
    test(`a message is put together and read back: ${desc}`, () => {
      assert.ok(matches.includes(formatMessage(message(atoms))));
      for (const line of matches) assert.deepEqual(read(line), message(atoms));
    });
  }

  for (const { source, atoms } of vectors<{ source: string; atoms: object }>('userhost-split')) {
    test(`the source ${JSON.stringify(source)} is taken apart`, () => {
      assert.deepEqual(parseSource(source), { nick: '', user: '', host: '', ...atoms });
    });
  }
});

describe('lines as Twitch sends them', () => {
  const lines: readonly (readonly [line: string, expected: Atoms])[] = [
    ['PING :tmi.twitch.tv', { verb: 'PING', params: ['tmi.twitch.tv'] }],
    [':tmi.twitch.tv RECONNECT', { source: 'tmi.twitch.tv', verb: 'RECONNECT' }],
    [
      ':tmi.twitch.tv 001 justinfan1 :Welcome, GLHF!',
      { source: 'tmi.twitch.tv', verb: '001', params: ['justinfan1', 'Welcome, GLHF!'] },
    ],
    [
      ':tmi.twitch.tv CAP * ACK :twitch.tv/commands twitch.tv/tags',
      { source: 'tmi.twitch.tv', verb: 'CAP', params: ['*', 'ACK', 'twitch.tv/commands twitch.tv/tags'] },
    ],
    [
      '@msg-id=msg_channel_suspended :tmi.twitch.tv NOTICE #foo :This channel does not exist or has been suspended.',
      {
        tags: { 'msg-id': 'msg_channel_suspended' },
        source: 'tmi.twitch.tv',
        verb: 'NOTICE',
        params: ['#foo', 'This channel does not exist or has been suspended.'],
      },
    ],
    [
      '@badges=broadcaster/1;display-name=Ann\\sB;emotes=;mod=0 :ann!ann@ann.tmi.twitch.tv PRIVMSG #foo :\x01ACTION waves 👋 : hi\x01',
      {
        tags: { badges: 'broadcaster/1', 'display-name': 'Ann B', emotes: '', mod: '0' },
        source: 'ann!ann@ann.tmi.twitch.tv',
        verb: 'PRIVMSG',
        params: ['#foo', '\x01ACTION waves 👋 : hi\x01'],
      },
    ],
  ];
  for (const [line, expected] of lines) {
    test(`${JSON.stringify(line)} is taken apart`, () => {
      assert.deepEqual(read(line), message(expected));
    });
  }
});

test('a line without a command is no message', () => {
  const lines = [
    '',
    ' ',
    '@',
    '@a=b',
    '@a=b  ',
    ':',
    ':src',
    ':src ',
    '@a=b :src',
    ':src :text',
    '@a @b PING',
    ': :x',
  ];
  for (const line of lines) assert.equal(parseMessage(line), undefined, JSON.stringify(line));
});

test('empty tags and an empty source are the same as none', () => {
  for (const line of ['PING', '@ PING', ': PING', '@ : PING']) {
    assert.deepEqual(read(line), message({ verb: 'PING' }), line);
  }
});

test('atoms may be separated by several spaces, and a line may begin with some', () => {
  const expected = message({ tags: { a: 'b' }, source: 'src', verb: 'CMD', params: ['x', 'y', ' z '] });
  assert.deepEqual(read('  @a=b   :src  CMD   x  y   : z '), expected);
});

test('a lone CR, a tab and a NUL are characters like any other', () => {
  assert.deepEqual(read('CMD a\rb\tc\0d'), message({ verb: 'CMD', params: ['a\rb\tc\0d'] }));
});

describe('tags', () => {
  test('a value reaches from the first equals sign to the semicolon', () => {
    assert.deepEqual(tagsOf('a=b=c;d==;e'), new Map(Object.entries({ a: 'b=c', d: '=', e: '' })));
  });

  test('an equals sign or a backslash further on belongs to its own tag', () => {
    assert.deepEqual(
      tagsOf('a;b;c=1;d=x;e=\\s'),
      new Map(Object.entries({ a: '', b: '', c: '1', d: 'x', e: ' ' })),
    );
    const { tags, params } = read('@a;b=\\: CMD c=\\s') ?? assert.fail();
    assert.deepEqual(tags, new Map(Object.entries({ a: '', b: ';' })));
    assert.deepEqual(params, ['c=\\s']);
  });

  test('a tag without a name is passed over', () => {
    assert.deepEqual(tagsOf(';;=x;=;a=1;'), new Map([['a', '1']]));
  });

  test('a name is not unescaped', () => {
    assert.deepEqual(tagsOf('a\\s=\\s'), new Map([['a\\s', ' ']]));
  });

  test('the last of several tags with one name wins, even when it is empty', () => {
    assert.deepEqual(tagsOf('a=1;b=2;a'), new Map(Object.entries({ a: '', b: '2' })));
  });

  test('8 KB of semicolons are no tag, and 8 KB of backslashes are half as many', () => {
    assert.equal(tagsOf(';'.repeat(8192))?.size, 0);
    assert.equal(tagsOf(`a=${'\\'.repeat(8192)}`)?.get('a'), '\\'.repeat(4096));
    assert.equal(tagsOf(`a=${'\\'.repeat(8191)}`)?.get('a'), '\\'.repeat(4095));
  });
});

describe('formatMessage', () => {
  test('writes a colon only before a last param that needs one', () => {
    assert.equal(formatMessage(message({ verb: 'JOIN', params: ['#a'] })), 'JOIN #a');
    assert.equal(formatMessage(message({ verb: 'JOIN', params: ['#a:b'] })), 'JOIN #a:b');
    assert.equal(formatMessage(message({ verb: 'PONG', params: ['a b'] })), 'PONG :a b');
    assert.equal(formatMessage(message({ verb: 'PONG', params: ['a', ':b'] })), 'PONG a ::b');
    assert.equal(formatMessage(message({ verb: 'PONG', params: [''] })), 'PONG :');
  });

  test('escapes what would end a value or the line', () => {
    const tags = { a: '; \\\r\n', b: '', c: 'd=e' };
    assert.equal(formatMessage(message({ tags, verb: 'X' })), '@a=\\:\\s\\\\\\r\\n;b;c=d=e X');
  });

  test('refuses a line feed that would make two lines of one', () => {
    for (const atoms of [
      { verb: 'PASS', params: ['oauth:a\r\nQUIT'] },
      { verb: 'JOIN\nQUIT' },
      { source: 'a\nQUIT', verb: 'X' },
      { tags: { 'a\nQUIT': '' }, verb: 'X' },
    ]) {
      assert.throws(() => formatMessage(message(atoms)), RangeError);
    }
  });
});

test('marks in the host belong to the host', () => {
  assert.deepEqual(parseSource('a!b@c!d@e'), { nick: 'a', user: 'b', host: 'c!d@e' });
  assert.deepEqual(parseSource('a@c!d'), { nick: 'a', user: '', host: 'c!d' });
  assert.deepEqual(parseSource(''), { nick: '', user: '', host: '' });
});
