import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatRecordedLine, parseRecordedLine } from '../../shared/recorded-line.ts';

test('a recorded line is one line of JSON that says when and by which connection it came', () => {
  const recorded = { receivedAt: 1_763_898_000_123, connection: 2, line: 'PING :a\rb', replacedBytes: false };
  assert.equal(
    formatRecordedLine(recorded),
    String.raw`{"receivedAt":1763898000123,"connection":2,"line":"PING :a\rb"}`,
  );
  assert.equal(
    formatRecordedLine({ ...recorded, replacedBytes: true }),
    String.raw`{"receivedAt":1763898000123,"connection":2,"line":"PING :a\rb","replacedBytes":true}`,
  );
});

test('whatever was received is read back as it was, and stays on one line', () => {
  const parts = {
    receivedAt: fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }),
    connection: fc.nat(),
    line: fc.string({ unit: 'binary' }),
    replacedBytes: fc.boolean(),
  };
  const lines = fc.record(parts, { noNullPrototype: true });
  fc.assert(
    fc.property(lines, (recorded) => {
      const text = formatRecordedLine(recorded);
      assert.doesNotMatch(text, /[\r\n]/);
      assert.deepEqual(parseRecordedLine(text), recorded);
    }),
  );
});

const NONE = [
  '',
  '{"receivedAt":1763898000123,"connection":1,"line":"@ba',
  'null',
  '[]',
  '{}',
  '{"receivedAt":"1","connection":1,"line":""}',
  '{"receivedAt":-1,"connection":1,"line":""}',
  '{"receivedAt":1.5,"connection":1,"line":""}',
  '{"receivedAt":253402300800000,"connection":1,"line":""}',
  '{"receivedAt":1,"line":""}',
  '{"receivedAt":1,"connection":1,"line":1}',
];

test('what is no recorded line, a line cut off among them, is not taken for one', () => {
  for (const text of NONE) assert.equal(parseRecordedLine(text), undefined, text);
});
