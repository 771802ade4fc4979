import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineReader } from '../../../scripts/replay/line-reader.ts';
import { formatRecordedLine } from '../../../shared/recorded-line.ts';

const START = 5_000;

/** Each line's time, or why it is none of chat. */
function read(...texts: readonly string[]): (number | string)[] {
  const reader = new LineReader(START);
  return texts.map((text) => {
    const reading = reader.read({ text, replacedBytes: false });
    return typeof reading === 'string' ? reading : reading.receivedAt;
  });
}

const recorded = (line: string, receivedAt: number, replacedBytes = false): string =>
  formatRecordedLine({ receivedAt, connection: 1, line, replacedBytes });

const dated = (at: number, text: string): string => `@tmi-sent-ts=${at} ${undated(text)}`;
const undated = (text: string): string => `:ada!ada@ada PRIVMSG #a :${text}`;

test('a recorded line has the time of its recording, whatever it says itself', () => {
  assert.deepEqual(read(recorded(dated(1000, 'hi'), 1234), recorded(undated('hi'), 99)), [1234, 99]);
});

test('equal recorded lines keep their equal times', () => {
  assert.deepEqual(read(recorded(undated('lol'), 7), recorded(undated('lol'), 7)), [7, 7]);
});

test('a recorded line is given as it was received, replaced bytes and a CR in it included', () => {
  const reader = new LineReader(START);
  const line = undated('a\ufffd\r');
  const text = recorded(line, 7, true);
  const reading = reader.read({ text, replacedBytes: false });
  assert.ok(typeof reading !== 'string');
  assert.deepEqual([reading.line, reading.replacedBytes], [line, true]);
});

test('a plain line was received when it was said, else when the line before was', () => {
  const lines = [undated('first'), dated(1000, 'a'), undated('b'), 'PING :x', undated('c'), dated(900, 'd')];
  assert.deepEqual(read(...lines), [START, 1000, 1000, 'other_command', 1000, 900]);
});

test('a line of another command dates the next one, too; a time that is none dates nothing', () => {
  const clear = '@tmi-sent-ts=2000 :tmi.twitch.tv CLEARCHAT #a';
  assert.deepEqual(read(clear, undated('a'), '@tmi-sent-ts=soon PRIVMSG #a :b'), [
    'other_command',
    2000,
    2000,
  ]);
});

test('equal plain lines that nothing tells apart get times of their own, else they were one', () => {
  assert.deepEqual(
    read(dated(1000, 'x'), undated('lol'), undated('lol'), undated('lol')),
    [1000, 1000, 1001, 1002],
  );
  assert.deepEqual(read(`@id=a ${undated('lol')}`, `@id=b ${undated('lol')}`), [START, START]);
});

test('what is not chat is told apart as the gateway does it', () => {
  const cut = recorded(undated('hi'), 7).slice(0, -3);
  assert.deepEqual(read('', '@a=b', cut, '{}', recorded('', 7)), Array(5).fill('malformed'));
  assert.deepEqual(
    read('PRIVMSG ann :psst', recorded('PRIVMSG ann :psst', 7)),
    Array(2).fill('not_a_channel'),
  );
  assert.deepEqual(read('PING', recorded(':tmi.twitch.tv 001 a :hi', 7)), Array(2).fill('other_command'));
});
