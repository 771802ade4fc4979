import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { envelopeHeaders } from '../../shared/envelope-headers.ts';
import { isChatMessage, toEnvelope, type ChatLine, type Envelope } from '../../shared/envelope.ts';
import { parseMessage } from '../../shared/tmi-parser.ts';
import { overTheWire, schemaErrors } from './envelope-schema.ts';

const TAG_NAMES =
  'id tmi-sent-ts room-id user-id display-name color bits emotes msg-id badges badge-info source-badges ' +
  'source-room-id source-id custom-reward-id mod vip subscriber first-msg returning-chatter reply-parent-msg-id ' +
  'pinned-chat-paid-amount pinned-chat-paid-exponent pinned-chat-paid-is-system-message ' +
  '__proto__ constructor hasOwnProperty';

const anyTagName = fc.constantFrom(...TAG_NAMES.split(' '));

/** Any text, half a surrogate pair included: the mapper is handed strings, not bytes. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', '😀', 'é', 'a', ' ', '\u0001', '\u2028') }),
  fc.string().map((text) => `\u0001ACTION ${text}\u0001`),
);

const anyValue = fc.oneof(
  anyText,
  fc.constantFrom(
    '',
    '0',
    '1',
    '00',
    '-1',
    '#12AB9f',
    '8640000000000001',
    '885196de-cb67-427a-baa8-82f9b0fcd05f',
  ),
  fc.nat().map(String),
  fc.string({ unit: fc.constantFrom(...'0123/,:-a_'.split('')), maxLength: 40 }),
);

const anyTags = fc
  .array(fc.tuple(fc.oneof(anyTagName, anyText), anyValue), { maxLength: 40 })
  .map((entries) => new Map(entries));

const anyChatLine: fc.Arbitrary<ChatLine> = fc.record({
  message: fc.record({
    tags: anyTags,
    source: anyText,
    command: fc.constant('PRIVMSG'),
    params: fc
      .array(anyText, { minLength: 1, maxLength: 4 })
      .map(([target, ...rest]) => [`#${target}`].concat(rest)),
  }),
  line: anyText,
  replacedBytes: fc.boolean(),
  receivedAt: fc.integer({ min: 0, max: 253402300799999 }),
});

function map(line: ChatLine): Envelope {
  return toEnvelope(line, 'internal.finalizer.v1');
}

test('whatever the tags, the source and the text: an envelope that the schema accepts', () => {
  fc.assert(
    fc.property(anyChatLine, (line) => {
      assert.equal(schemaErrors(overTheWire(map(line))), '');
    }),
  );
});

test('whatever the line: a chat message gives an envelope that the schema accepts', () => {
  const anyLine = fc
    .tuple(fc.string(), anyText, anyText, anyText)
    .map(([tags, source, target, text]) => `@${tags} :${source} PRIVMSG #${target} :${text}`);
  fc.assert(
    fc.property(anyLine, (line) => {
      const message = parseMessage(line);
      fc.pre(message !== undefined && isChatMessage(message));
      const envelope = map({ message, line, receivedAt: 0, replacedBytes: false });
      assert.equal(schemaErrors(overTheWire(envelope)), '');
    }),
  );
});

test('an emote is always the text between its positions, and after the one before it', () => {
  const emotesTag = fc
    .array(fc.tuple(fc.constantFrom('25', 'emotesv2_ab', '1'), fc.nat(30), fc.nat(6)), { minLength: 1 })
    .map((uses) => uses.map(([id, first, length]) => `${id}:${first}-${first + length}`).join('/'));
  fc.assert(
    fc.property(anyChatLine, emotesTag, anyText, (line, emotes, text) => {
      const tags = new Map([...line.message.tags, ['emotes', emotes]]);
      const { payload } = map({ ...line, message: { ...line.message, tags, params: ['#a', text] } });
      let previousEnd = 0;
      for (const { name, start, end } of payload.emotes) {
        assert.equal(payload.text.slice(start, end), name);
        assert.ok(start >= previousEnd && end > start);
        previousEnd = end;
      }
    }),
  );
});

test('every emote that Twitch marks rightly is found, whatever stands between', () => {
  const word = fc.string({ unit: 'binary', minLength: 1 });
  const words = fc.array(fc.record({ word, isEmote: fc.boolean() }), { minLength: 1 });
  fc.assert(
    fc.property(anyChatLine, words, (line, parts) => {
      let position = 0;
      const ranges: string[] = [];
      for (const part of parts) {
        const length = Array.from(part.word).length;
        if (part.isEmote) ranges.unshift(`25:${position}-${position + length - 1}`);
        position += length;
      }
      const tags = new Map([['emotes', ranges.join('/')]]);
      const text = `\u0001ACTION ${parts.map((part) => part.word).join('')}\u0001`;
      const { payload } = map({ ...line, message: { ...line.message, tags, params: ['#a', text] } });
      const names = parts.filter((part) => part.isEmote).map((part) => part.word);
      assert.deepEqual(
        payload.emotes.map((emote) => emote.name),
        names,
      );
    }),
  );
});

test('the same line gives the same envelope, save for its time stamp', () => {
  fc.assert(
    fc.property(anyChatLine, fc.constantFrom('id', 'tmi-sent-ts'), (line, name) => {
      const tags = new Map([...line.message.tags, [name, '1795428930020']]);
      const dated = { ...line, message: { ...line.message, tags } };
      const first = map({ ...dated, receivedAt: 1 });
      const second = map({ ...dated, receivedAt: 2 });
      assert.deepEqual({ ...second, timestamp: first.timestamp }, first);
    }),
  );
});

test('every tag is kept as it was, and nothing else changes', () => {
  const before = Object.getOwnPropertyNames(Object.prototype).join();
  fc.assert(
    fc.property(anyChatLine, (line) => {
      const { tags } = map(line).payload.raw;
      assert.deepEqual(new Map(Object.entries(tags)), line.message.tags);
      assert.equal(Object.getOwnPropertyNames(Object.prototype).join(), before);
      assert.equal(Object.getPrototypeOf(tags), Object.prototype);
    }),
  );
});

test('no line can put anything unsafe into a header', () => {
  fc.assert(
    fc.property(anyChatLine, (line) => {
      for (const value of Object.values(envelopeHeaders(map(line))))
        assert.match(value, /^[0-9A-Za-z:/.-]+$/);
    }),
  );
});
