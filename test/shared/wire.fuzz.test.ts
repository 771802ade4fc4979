import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isChatMessage, toEnvelope } from '../../shared/envelope.ts';
import { asText, LineSplitter } from '../../shared/line-splitter.ts';
import { formatMessage, parseMessage, type Message } from '../../shared/tmi-parser.ts';

/** How many lines are generated: some thousands with the other tests, millions in a long run. */
const LINES = Number(process.env['LINES'] ?? 4_000);
const A_TIME = 20;

/** What lines of chat are made of, and what could break them. */
const PIECES = (
  '@ ; = / , - ! # \\ \\s \\: : \r \0 \u0001ACTION é 😀 \ufffd \ufeff Kappa 123 #c PRIVMSG JOIN :ann!ann@ann.tmi.twitch.tv ' +
  'id=885196de-cb67-427a-baa8-82f9b0fcd05f tmi-sent-ts=1795428930020 emotes=25:0-4 badges=vip/1 bits=100 mod=1 ' +
  'badge-info=subscriber/80 reply-parent-msg-id=a __proto__=1 source-room-id=7'
)
  .split(' ')
  .flatMap((word) => [word, `${word} `]);

const piece = fc.constantFrom(...PIECES);
const free = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));
const chat = fc
  .tuple(fc.array(piece, { maxLength: 12 }), fc.array(piece, { maxLength: 8 }))
  .map(([tags, text]) => `@${tags.join('').replaceAll(' ', '')} :ann!ann@ann PRIVMSG #c :${text.join('')}`);
// A CR before the LF belongs to the ending.
const line = fc.oneof(free, chat).map((text) => text.replace(/\r+$/, ''));

const encoder = new TextEncoder();

/** The same bytes in frames that end anywhere, within a character as well. */
function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const ends = [...new Set(at.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length));
}

/** Tags are a map, of whatever class. */
function plain(message: Message | undefined): unknown {
  return { ...message, tags: [...(message?.tags ?? [])] };
}

function checkLine(text: string): void {
  const message = parseMessage(text);
  if (!message) return;
  assert.deepEqual(plain(parseMessage(formatMessage(message))), plain(message));
  if (!isChatMessage(message)) return;
  const chatLine = { message, line: text, replacedBytes: false, receivedAt: 0 };
  const { id, payload } = toEnvelope(chatLine, 'internal.finalizer.v1');
  assert.match(id, /^[0-9A-Za-z-]{1,64}$/);
  for (const { name, start, end } of payload.emotes) assert.equal(payload.text.slice(start, end), name);
}

test(`${LINES} lines in frames that end anywhere come out whole, and read the same once written again`, () => {
  const lines = fc.array(line, { minLength: A_TIME, maxLength: A_TIME });
  const cuts = fc.array(fc.nat(), { maxLength: 8 });
  fc.assert(
    fc.property(lines, cuts, fc.constantFrom('\n', '\r\n'), (texts, places, ending) => {
      const read: string[] = [];
      const splitter = new LineSplitter();
      for (const frame of cut(encoder.encode(texts.map((text) => text + ending).join('')), places)) {
        const end = splitter.push(
          frame,
          asText((text, replacedBytes) => {
            assert.equal(replacedBytes, false);
            read.push(text);
          }),
        );
        assert.equal(end, 'ok');
      }
      assert.deepEqual(read, texts);
      for (const text of texts) checkLine(text);
    }),
    { numRuns: Math.ceil(LINES / A_TIME) },
  );
});
