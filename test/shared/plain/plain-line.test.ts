import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { corpus } from '../../../scripts/bench/corpus.ts';
import { isChatMessage, type Envelope } from '../../../shared/envelope.ts';
import { ParsedLine, type HeardLine } from '../../../shared/heard-line.ts';
import { encodePlain } from '../../../shared/plain/plain-envelope.ts';
import { PlainLine } from '../../../shared/plain/plain-line.ts';
import { parseMessage } from '../../../shared/tmi-parser.ts';
import { readGoldens } from '../../fixtures/envelopes/goldens.ts';
import { anyLine, anyText, emotesTag, nearlyAlways } from './any-chat-line.ts';

const plain = new PlainLine();
const AROUND = 'PING :x\r\n@;= :';

/** @returns whether it is plain; then it has to say what its text says, wherever it lies among other bytes */
function agrees(line: string, receivedAt: number): boolean {
  const bytes = Buffer.from(AROUND + line + AROUND);
  const end = bytes.length - AROUND.length;
  if (!plain.read(bytes, AROUND.length, end, receivedAt)) return false;
  assert.ok(encodePlain(plain, ''), `it swells beyond all expectation: ${line}`);
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
    PLAIN.replace('display-name=Ada', 'display-name=\\'),
    PLAIN.replace('mod=0', 'mod=0;msg-id=\\;reply-parent-msg-id=\\;source-room-id=\\'),
    PLAIN.replace('mod=0', 'mod=0;msg-id=\\\\'),
    PLAIN.replace('color=#12AB9f', 'color='),
    PLAIN.replace('mod=0', 'mod='),
    PLAIN.replace('emotes=25:0-4', 'emotes='),
    PLAIN.replace(';tmi-sent-ts=1700000000000', ''),
    PLAIN.replace('badges=', 'badges=x/\\s"é'),
    PLAIN.replace('badges=;', 'badges=;bits=0042;'),
    PLAIN.replace(':Kappa', ':Kappa "\t\\\u0001\u007f\u2028😀 \r'),
    PLAIN.replace('emotes=25:0-4', 'emotes=').replace(':Kappa', ':'),
    PLAIN.replace(':Kappa', ':\u0001ACTION Kappa\u0001'),
    PLAIN.replace(':Kappa', ':\u0001ACTION Kappa'),
    PLAIN.replace('25:0-4', '').replace(':Kappa', ':\u0001ACTION \u0001'),
    PLAIN.replace('25:0-4', '').replace(':Kappa', ':\u0001ACTION '),
    PLAIN.replace('25:0-4', '').replace(':Kappa', ':\u0001ACTION a\u0001 b\u0001\u0001'),
    PLAIN.replace('mod=0', 'mod=0;reply-parent-msg-body=so\\sit\\sis;reply-parent-msg-id=1'),
  ])
    assert.ok(agrees(line, 0), line);
});

test('whatever its emotes, if it is plain it is what its text says', () => {
  let plainOnes = 0;
  const texts = fc.oneof(fc.string({ minLength: 30, maxLength: 60 }), anyText);
  const tags = nearlyAlways(
    emotesTag,
    fc.constantFrom('/', '25:0-1/', '/25:0-1', '25:0-1,', '25', ':', ':0-1'),
  );
  fc.assert(
    fc.property(tags, texts, (emotes, text) => {
      const line = PLAIN.replace('25:0-4', emotes).replace('Kappa', () =>
        text.toWellFormed().replaceAll('\n', ''),
      );
      if (agrees(line, 0)) plainOnes++;
    }),
    { numRuns: 5000 },
  );
  assert.ok(plainOnes > 250, `${plainOnes} of 5000 were plain`);
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
    PLAIN.replace('25:0-4', '').replace(':Kappa', ':\u0001ACTION\u0001'),
    PLAIN.replace('25:0-4', '').replace(':Kappa', ':\u0001ACTION'),
    PLAIN.replace('25:0-4', '').replace(':Kappa', ':\u0001ACTIONS Kappa\u0001'),
    PLAIN.replace('25:0-4', '').replace(':Kappa', ':\u0001'),
    PLAIN.replace('25:0-4', '').replace(':Kappa', ':\u0001VERSION\u0001'),
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
  assert.ok(agrees(PLAIN.replace('badges=', `badges=${'\u0001'.repeat(7800)}/1`), 0));
  const ranges = Array.from({ length: 780 }, (_, at) => `${at}-${at}`).join(',');
  const many = PLAIN.replace('25:0-4', `${'"'.repeat(128)}:${ranges}`).replace(
    ':Kappa',
    `:é${'x'.repeat(800)}`,
  );
  assert.ok(agrees(many, 0));
  const manyEmotes = Array.from({ length: 60 }, (_, at) => `${at}-${at}`).join(',');
  const repeating = PLAIN.replace('25:0-4', `${'"'.repeat(128)}:${manyEmotes}`).replace(
    ':Kappa',
    `:${'"'.repeat(60)}`,
  );
  assert.ok(new PlainLine().read(Buffer.from(repeating), 0, repeating.length, 0));
  assert.ok(agrees(repeating, 0));
  assert.ok(agrees(PLAIN, 0));
});

test('a destination is written as JSON has it', () => {
  const bytes = Buffer.from(PLAIN);
  assert.ok(plain.read(bytes, 0, bytes.length, 0));
  const { bytes: encoded, bodyStart } = plain.encode('a"b');
  const { finalizationDestination } = JSON.parse(encoded.subarray(bodyStart).toString()) as Envelope;
  assert.equal(finalizationDestination, 'a"b');
});
