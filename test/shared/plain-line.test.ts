import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { corpus } from '../../scripts/bench/corpus.ts';
import { isChatMessage, type Envelope } from '../../shared/envelope.ts';
import { ParsedLine, type HeardLine } from '../../shared/heard-line.ts';
import { TAG_NAMES } from '../../shared/known-tags.ts';
import { PlainLine } from '../../shared/plain-line.ts';
import { parseMessage } from '../../shared/tmi-parser.ts';
import { readGoldens } from '../fixtures/envelopes/goldens.ts';

const plain = new PlainLine();
const AROUND = 'PING :x\r\n@;= :';

/** @returns whether it is plain; then it has to say what its text says, wherever it lies among other bytes */
function agrees(line: string, receivedAt: number): boolean {
  const bytes = Buffer.from(AROUND + line + AROUND);
  const end = bytes.length - AROUND.length;
  if (!plain.read(bytes, AROUND.length, end, receivedAt)) return false;
  const message = parseMessage(line);
  assert.ok(message && isChatMessage(message), line);
  assert.deepEqual(allOf(plain), allOf(new ParsedLine({ message, line, replacedBytes: false, receivedAt })));
  return true;
}

function allOf(heard: HeardLine): unknown {
  const { line, id, channel, saidAt, receivedAt, replacedBytes, message } = heard;
  const { bytes, bodyStart } = heard.encode('internal.finalizer.v1');
  const tags = [...message.tags];
  return { line, id, channel, saidAt, receivedAt, replacedBytes, tags, bodyStart, text: bytes.toString() };
}

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

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', '\\', '\t', '\u0001', '\ud83d', ' ', ':') }),
  fc.string().map((text) => `\u0001ACTION ${text}\u0001`),
);

function nearlyAlways<T>(usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<T>): fc.Arbitrary<T> {
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

const anyLine = fc
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

test('whatever the line, if it is plain it is what its text says, to the byte', () => {
  let plainOnes = 0;
  fc.assert(
    fc.property(anyLine, fc.integer({ min: 0, max: 253_402_300_799_999 }), (line, receivedAt) => {
      if (agrees(line.toWellFormed(), receivedAt)) plainOnes++;
    }),
    { numRuns: 5000 },
  );
  assert.ok(plainOnes > 250, `${plainOnes} of 5000 were plain`);
});

test('the same for each of the golden lines', () => {
  const plainOnes = readGoldens().filter(
    ({ line, receivedAt, replacedBytes }) => !replacedBytes && agrees(line, receivedAt),
  );
  assert.ok(plainOnes.length > 10, `${plainOnes.length}`);
});

test('the same for chat as it is, of which nearly all is plain', () => {
  const lines = corpus(3000, ['alpha', 'beta'], 5);
  const plainOnes = lines.filter((line, index) => agrees(line, Date.UTC(2026, 0, 1) + index * 7));
  assert.ok(plainOnes.length > 0.98 * lines.length, `${plainOnes.length} of ${lines.length}`);
});

const ID = '885196de-cb67-427a-baa8-82f9b0fcd05f';
const PLAIN = `@badges=;color=#12AB9f;display-name=Ada;emotes=25:0-4;id=${ID};mod=0;tmi-sent-ts=1700000000000 :ada!ada@ada PRIVMSG #grace :Kappa`;

test('a plain line stays one with whatever a value may hold', () => {
  for (const line of [
    PLAIN,
    PLAIN.replace('display-name=Ada', 'display-name=A\\sd\\\\a\\:"\\n\\é\\'),
    PLAIN.replace('color=#12AB9f', 'color='),
    PLAIN.replace('mod=0', 'mod='),
    PLAIN.replace('emotes=25:0-4', 'emotes='),
    PLAIN.replace(';tmi-sent-ts=1700000000000', ''),
    PLAIN.replace('badges=', 'badges=x/\\s"é'),
    PLAIN.replace('badges=;', 'badges=;bits=0042;'),
    PLAIN.replace(':Kappa', ':Kappa "\t\\\u0001\u007f\u2028😀 \r'),
    PLAIN.replace('emotes=25:0-4', 'emotes=').replace(':Kappa', ':'),
    PLAIN.replace('mod=0', 'mod=0;reply-parent-msg-body=so\\sit\\sis;reply-parent-msg-id=1'),
  ])
    assert.ok(agrees(line, 0), line);
});

test('what has to be judged is not plain', () => {
  for (const line of [
    'PING :tmi.twitch.tv',
    '',
    '@',
    PLAIN.slice(1),
    PLAIN.replace('PRIVMSG', 'NOTICE'),
    PLAIN.replace('#grace', 'grace'),
    PLAIN.replace('#grace', '#Grace'),
    PLAIN.replace('#grace', '#'),
    PLAIN.replace(' :Kappa', ''),
    PLAIN.replace(' :Kappa', ' '),
    PLAIN.replace(':Kappa', 'Kappa'),
    PLAIN.replace(':Kappa', ' :Kappa'),
    PLAIN.replace(':Kappa', ':\u0001ACTION Kappa\u0001'),
    PLAIN.replace(':ada!ada@ada', ':ada'),
    PLAIN.replace(':ada!ada@ada', ':!ada@ada'),
    PLAIN.replace(':ada!', ':a@da!'),
    PLAIN.replace(':ada!ada@ada ', ''),
    PLAIN.replace(ID, ID.toUpperCase()),
    PLAIN.replace(ID, ID.slice(1)),
    PLAIN.replace(ID, '00000000-0000-0000-0000-82f9b0fcd05f'),
    PLAIN.replace(`id=${ID};`, ''),
    PLAIN.replace('mod=0', 'mod=2'),
    PLAIN.replace('mod=0', 'mod'),
    PLAIN.replace('#12AB9f', 'red'),
    PLAIN.replace('1700000000000', '253402300800000'),
    PLAIN.replace('1700000000000', '17e11'),
    PLAIN.replace('badges=', 'badges=broken'),
    PLAIN.replace('25:0-4', '25:0-9'),
    PLAIN.replace('emotes=', 'unknown=;emotes='),
    PLAIN.replace('@badges=;color=#12AB9f', '@color=#12AB9f;badges='),
    PLAIN.replace('mod=0', 'mod=0;mod=0'),
    PLAIN.replace('mod=0;', 'mod=0;;'),
    PLAIN.replace('00 :ada', '00  :ada'),
    PLAIN.replace(':Kappa', `:${'x'.repeat(9000)}`),
  ])
    assert.ok(!agrees(line, 0), line);
});

test('a line that swells the most is written whole', () => {
  const swelling = PLAIN.replace('display-name=Ada', `display-name=${'\u0001'.repeat(3000)}`)
    .replace('25:0-4', Array.from({ length: 300 }, (_, at) => `${'i'.repeat(3)}:${at}-${at}`).join('/'))
    .replace(':Kappa', `:${'"'.repeat(400)}`);
  assert.ok(agrees(swelling, 0));
  assert.ok(agrees(PLAIN, 0));
});

test('a destination is written as JSON has it', () => {
  const bytes = Buffer.from(PLAIN);
  assert.ok(plain.read(bytes, 0, bytes.length, 0));
  const { bytes: encoded, bodyStart } = plain.encode('a"b');
  const { finalizationDestination } = JSON.parse(encoded.subarray(bodyStart).toString()) as Envelope;
  assert.equal(finalizationDestination, 'a"b');
});
