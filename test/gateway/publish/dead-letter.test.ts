import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDeadLetter, toDeadLetter, truncated } from '../../../gateway/publish/dead-letter.ts';
import { DEAD_LETTERS, envelopeOf, rejectionOf } from './dead-letter-harness.ts';

const letterOf = (id: string, error = 'too large') =>
  toDeadLetter(rejectionOf(id, { error }), DEAD_LETTERS, 0);

test('a letter is read back with its envelope byte for byte, whatever the error says', () => {
  for (const error of ['too large', ',"envelope":{"id":"b"}', '}"},"envelope":', '', '\u2028 👋 \\']) {
    const letter = readDeadLetter(letterOf('a', error).body);
    assert.equal(letter?.about['error'], error);
    assert.equal(letter.envelope.id, 'a');
    assert.equal(Buffer.from(letter.body ?? []).toString(), envelopeOf('a'));
  }
});

test('a part of a larger buffer is read as well as a whole one', () => {
  const { body } = letterOf('a');
  const larger = Buffer.concat([Buffer.from('before'), body, Buffer.from('after')]);
  const letter = readDeadLetter(larger.subarray(6, 6 + body.byteLength));
  assert.equal(Buffer.from(letter?.body ?? []).toString(), envelopeOf('a'));
});

test('a truncated letter tells whose message it was, and has nothing to publish again', () => {
  const cut = truncated(letterOf('a'));
  assert.ok(cut);
  const letter = readDeadLetter(cut.body);
  assert.equal(letter?.envelope.id, 'a');
  assert.equal(letter.body, undefined);
  assert.equal(letter.about['truncated'], true);
  assert.equal(letter.about['reason'], 'max_payload');
});

test('what is not a letter is neither read nor truncated', () => {
  const noId = '{"reason":"max_payload","envelope":{"v":"1","correlationId":"a","traceId":"a","type":"t"}}';
  const noType = '{"reason":"max_payload","envelope":{"id":"a","correlationId":"a","traceId":"a"}}';
  const texts = [
    '',
    'hello',
    'null',
    '[]',
    '{}',
    '{"envelope":null}',
    '{"a":1,"envelope":"x"}',
    noId,
    noType,
  ];
  for (const text of texts) {
    const body = Buffer.from(text);
    assert.equal(readDeadLetter(body), undefined, text);
    assert.equal(truncated({ ...letterOf('a'), body }), undefined, text);
  }
});
