import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { corpus } from '../../scripts/bench/corpus.ts';
import { envelopeJson } from '../../shared/envelope-json.ts';
import { identityOf, idOf, isChatMessage, toEnvelope, type ChatLine } from '../../shared/envelope.ts';
import { TAG_NAMES } from '../../shared/known-tags.ts';
import { parseMessage } from '../../shared/tmi-parser.ts';
import { readGoldens } from '../fixtures/envelopes/goldens.ts';

function read(line: string, receivedAt = 0, replacedBytes = false): ChatLine | undefined {
  const message = parseMessage(line);
  return message && isChatMessage(message) ? { message, line, receivedAt, replacedBytes } : undefined;
}

function assertSameJson(chatLine: ChatLine): void {
  const destination = 'internal.finalizer.v1';
  const expected = JSON.stringify(toEnvelope(chatLine, destination));
  assert.equal(envelopeJson(chatLine, identityOf(idOf(chatLine)), destination), expected);
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

const anyLine = fc
  .record({
    tags: fc.array(fc.tuple(fc.constantFrom(...TAG_NAMES, 'unknown', '1', '__proto__'), anyValue), {
      maxLength: 30,
    }),
    id: fc.option(fc.uuid()),
    sorted: fc.boolean(),
    source: fc.option(fc.string()),
    target: fc.string(),
    text: fc.option(anyText),
  })
  .map(({ tags, id, sorted, source, target, text }) => {
    const given = new Map([...tags, ...(id === null ? [] : [['id', id] as const])]);
    const names = sorted ? [...given.keys()].sort() : [...given.keys()];
    const words = names.map((name) => `${name}=${given.get(name)}`.replace(/[ ;\n]/g, ''));
    const start = words.length > 0 ? `@${words.join(';')} ` : '';
    const from = source === null ? '' : `:${source} `;
    return `${start}${from}PRIVMSG #${target}${text === null ? '' : ` :${text}`}`;
  });

test('whatever the line, what is written at once is what is written by way of the envelope, to the byte', () => {
  fc.assert(
    fc.property(anyLine, fc.integer({ min: 0, max: 253_402_300_799_999 }), (line, receivedAt) => {
      const chatLine = read(line, receivedAt);
      fc.pre(chatLine !== undefined);
      assertSameJson(chatLine);
    }),
    { numRuns: 5000 },
  );
});

test('the same for each of the golden lines', () => {
  for (const { line, receivedAt, replacedBytes } of readGoldens()) {
    const chatLine = read(line, receivedAt, replacedBytes);
    assert.ok(chatLine, line);
    assertSameJson(chatLine);
  }
});

test('the same for chat as it is, where times and badges repeat', () => {
  for (const [index, line] of corpus(3000, ['alpha', 'beta'], 5).entries()) {
    const chatLine = read(line, Date.UTC(2026, 0, 1) + index * 7);
    assert.ok(chatLine, line);
    assertSameJson(chatLine);
  }
});

test('a destination is written as JSON has it', () => {
  const chatLine = read('@id=885196de-cb67-427a-baa8-82f9b0fcd05f :ada!ada@ada PRIVMSG #grace :hi');
  assert.ok(chatLine);
  const json = envelopeJson(chatLine, identityOf(idOf(chatLine)), 'a"b');
  assert.equal((JSON.parse(json) as { finalizationDestination: string }).finalizationDestination, 'a"b');
});
