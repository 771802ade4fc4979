import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf, type WireAnswer } from '../../../gateway/bus/nats-failures.ts';

const answer = (body: string, status = 0): WireAnswer => ({ status, body });
const failure = (errCode: number, code = 400) =>
  answer(JSON.stringify({ error: { code, err_code: errCode, description: 'why' }, stream: 'S', seq: 0 }));

test('an ack that names our stream and a sequence is believed', () => {
  const stored = { kind: 'stored', sequence: 7, duplicate: false };
  assert.deepEqual(outcomeOf(answer('{"stream":"S", "seq":7}'), 'S'), stored, 'as servers write it');
  assert.deepEqual(outcomeOf(answer('{"stream":"S","seq":7}'), 'S'), stored);
  assert.deepEqual(outcomeOf(answer('{"stream":"S","domain":"hub","seq":7}'), 'S'), stored);
  assert.deepEqual(outcomeOf(answer('{"stream":"S","seq":7,"duplicate":false}'), 'S'), stored);
  assert.deepEqual(outcomeOf(answer('{"stream":"S","seq":7,"duplicate":true}'), 'S'), {
    ...stored,
    duplicate: true,
  });
});

const NOT_BELIEVED = [
  '',
  '{}',
  '+OK',
  'null',
  '7',
  '[]',
  '{"stream":"S"}',
  '{"stream":"T","seq":7}',
  '{"seq":7}',
  '{"stream":"S", "seq":0}',
  '{"stream":"S", "seq":07}',
  '{"stream":"S", "seq":7',
  '{"stream":"S", "seq":9007199254740993}',
  '{"stream":"S", "seq":}',
  '{"stream":"T", "seq":7}',
  '{"stream":"S","seq":0,"duplicate":true}',
  '{"stream":"S","seq":-1}',
  '{"stream":"S","seq":1.5}',
  '{"stream":"S","seq":"7"}',
  '{"stream":"S","seq":9007199254740993}',
  '{"stream":"S","seq":7,"duplicate":"yes"}',
  '{"stream":"S","seq":7',
  '{"error":"no"}',
  '{"error":{"code":400}}',
  '{"error":null}',
];

for (const body of NOT_BELIEVED) {
  test(`the answer ${body || 'of nothing'} is not believed, and the message stays ambiguous`, () => {
    assert.equal(outcomeOf(answer(body), 'S').kind, 'ambiguous');
  });
}

test('only the server says 503 without a body; with one it is somebody else', () => {
  assert.equal(outcomeOf(answer('', 503), 'S').kind, 'refused');
  assert.equal(outcomeOf(answer('{}', 503), 'S').kind, 'ambiguous');
  assert.equal(outcomeOf(answer('', 404), 'S').kind, 'ambiguous');
});

const BY_CODE: Readonly<Record<string, readonly number[]>> = {
  'refused stream_full': [10077, 10002, 10023, 10028, 10047, 10053],
  'refused stream_missing': [10035, 10039, 10059, 10076, 10096],
  'refused bus_refused': [10060, 10109, 10004, 10006, 10007, 10008, 10009, 10041, 10118, 10167, 10194],
  'rejected max_msg_size': [10054],
  'rejected bad_header': [10097],
  ambiguous: [10158],
  unknown: [10003, 10070, 10071, 10164, 99999],
};

for (const [expected, codes] of Object.entries(BY_CODE)) {
  test(`the errors ${codes.join(', ')} make a message ${expected}`, () => {
    for (const code of codes) {
      const outcome = outcomeOf(failure(code), 'S');
      const detail = 'code' in outcome ? outcome.code : 'reason' in outcome ? outcome.reason : '';
      assert.equal(`${outcome.kind} ${detail}`.trim(), expected, String(code));
      assert.ok('error' in outcome && outcome.error.includes('why'), 'it says what the server said');
    }
  });
}
