import assert from 'node:assert/strict';
import { test } from 'node:test';
import { harmless, readableLine, type Paint } from '../../scripts/terminal.ts';

const plain: Paint = (_format, text) => text;
const tagged: Paint = (format, text) => `<${String(format)}>${text}</>`;

const ENVELOPE = {
  timestamp: '2026-11-23T10:15:30.123Z',
  source: { channel: 'my_channel' },
  user: { name: 'someone', displayName: 'Someone' },
  payload: { text: 'hello there', isAction: false, color: '#0000FF' },
};

test('an envelope reads as time, channel, name and text', () => {
  assert.equal(line(ENVELOPE), '10:15:30 #my_channel Someone: hello there');
});

test('a /me has no colon, and a user without a display name shows the login', () => {
  const envelope = {
    ...ENVELOPE,
    user: { name: 'someone', displayName: '' },
    payload: { text: 'waves', isAction: true },
  };
  assert.equal(line(envelope), '10:15:30 #my_channel someone waves');
});

test('the name has its own colour, and bold where it has none or something else stands there', () => {
  assert.equal(
    withColor('#0000FF'),
    '<dim>10:15:30</> <cyan>#my_channel</> <#0000FF>Someone</>: hello there',
  );
  assert.match(withColor(''), /<bold>Someone<\/>/);
  assert.match(withColor('#12345'), /<bold>Someone<\/>/);
  assert.match(withColor('red'), /<bold>Someone<\/>/);
});

test('a dead letter also says why', () => {
  const letter = { reason: 'max_payload', error: 'too large', attempts: 1, envelope: ENVELOPE };
  assert.equal(line(letter), '10:15:30 #my_channel Someone: hello there [max_payload: too large]');
  const truncated = { source: ENVELOPE.source, user: ENVELOPE.user };
  assert.equal(
    line({ ...letter, truncated: true, envelope: truncated }),
    ' #my_channel Someone:  [max_payload: too large]',
  );
});

test('text of strangers cannot move the cursor, ring, break the line or turn its direction', () => {
  const table: readonly [string, string][] = [
    ['a\u001b[2Jb', String.raw`a\u{1b}[2Jb`],
    ['bell\u0007 back\b', String.raw`bell\u{7} back\u{8}`],
    ['two\r\nlines\u2028three', String.raw`two\u{d}\u{a}lines\u{2028}three`],
    ['c1 \u009b31m', String.raw`c1 \u{9b}31m`],
    ['\u202egnirts\u2066x\u200f', String.raw`\u{202e}gnirts\u{2066}x\u{200f}`],
    ['half \ud83d', 'half \ufffd'],
    ['ünï 日本 👩‍👩‍👧 \ufe0f', 'ünï 日本 👩‍👩‍👧 \ufe0f'],
  ];
  for (const [text, shown] of table) {
    assert.equal(harmless(text), shown);
    const name = { name: 'x', displayName: text };
    assert.equal(
      line({ ...ENVELOPE, user: name, payload: { text } }),
      `10:15:30 #my_channel ${shown}: ${shown}`,
    );
  }
});

test('a body that is no envelope is shown as it is, made harmless', () => {
  assert.equal(readableLine(Buffer.from('not json \u001b[0m'), plain), String.raw`not json \u{1b}[0m`);
  for (const body of ['null', '1', '[]', '{}', '{"source":null}', '{"envelope":{"source":"x"}}']) {
    assert.equal(readableLine(Buffer.from(body), plain), body);
  }
  assert.equal(readableLine(Buffer.from('"\u202e"'), plain), String.raw`"\u{202e}"`);
  assert.equal(readableLine(new Uint8Array([0xff, 0xfe]), plain), '\ufffd\ufffd');
});

function withColor(color: string): string {
  const envelope = { ...ENVELOPE, payload: { ...ENVELOPE.payload, color } };
  return readableLine(Buffer.from(JSON.stringify(envelope)), tagged);
}

function line(value: unknown): string {
  return readableLine(Buffer.from(JSON.stringify(value)), plain);
}
