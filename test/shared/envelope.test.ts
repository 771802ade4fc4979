import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isChatMessage, toEnvelope, type Envelope } from '../../shared/envelope.ts';
import { ENVELOPE_NAMESPACE, uuidV5 } from '../../shared/stable-id.ts';
import { parseMessage, type Message } from '../../shared/tmi-parser.ts';
import { envelopeOf, readGoldens, type Golden } from '../fixtures/envelopes/goldens.ts';
import { overTheWire, schemaErrors } from './envelope-schema.ts';

const RECEIVED_AT = Date.UTC(2026, 10, 23, 10, 15, 30, 123);
const goldens = readGoldens();

function parse(line: string): Message {
  const message = parseMessage(line);
  assert.ok(message, line);
  return message;
}

function envelopeFor(line: string, receivedAt = RECEIVED_AT): Envelope {
  return toEnvelope(
    { message: parse(line), line, receivedAt, replacedBytes: false },
    'internal.finalizer.v1',
  );
}

function hasIdOrTime(golden: Golden): boolean {
  const { tags } = (golden.envelope as Envelope).payload.raw;
  return Boolean(tags['id']) || Boolean(tags['tmi-sent-ts']);
}

describe('the golden envelopes', () => {
  for (const golden of goldens) {
    test(`${golden.file}: ${golden.name}`, () => {
      assert.deepEqual(envelopeOf(golden), golden.envelope);
      assert.equal(schemaErrors(golden.envelope), '');
    });
  }

  test('the same line gives the same envelope at any time, save for its time stamp', () => {
    for (const golden of goldens.filter(hasIdOrTime)) {
      const later = envelopeOf({ ...golden, receivedAt: golden.receivedAt + 1 }) as Envelope;
      const { timestamp } = golden.envelope as Envelope;
      assert.notEqual(later.timestamp, timestamp);
      assert.deepEqual({ ...later, timestamp }, golden.envelope);
    }
  });
});

describe('ids', () => {
  const undated = '@user-id=1 :ada!ada@ada PRIVMSG #grace :hello';
  const dated = '@tmi-sent-ts=1795428930020 :ada!ada@ada PRIVMSG #grace :hello';

  test('a UUIDv5 is the one of RFC 9562, appendix A.4', () => {
    const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    assert.equal(uuidV5('www.example.com', dns), '2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  test('the namespace is part of the format and never changes', () => {
    assert.equal(ENVELOPE_NAMESPACE, '4fe8f33c-5d0a-48a7-86df-d2cca56c340a');
  });

  test('a line without an id is named by itself, so that every instance gives it the same id', () => {
    assert.equal(envelopeFor(dated).id, uuidV5(dated, ENVELOPE_NAMESPACE));
    assert.equal(envelopeFor(dated, RECEIVED_AT + 1).id, envelopeFor(dated).id);
  });

  test('a line without an id and a time is named by its time of receipt too, so that no repetition is lost', () => {
    const name = `${undated}\n2026-11-23T10:15:30.123Z`;
    assert.equal(envelopeFor(undated).id, uuidV5(name, ENVELOPE_NAMESPACE));
    assert.notEqual(envelopeFor(undated, RECEIVED_AT + 1).id, envelopeFor(undated).id);
  });

  test('a trace id that cannot be the id itself is the UUIDv5 of the id', () => {
    const { traceId } = envelopeFor('@id=abc-123 :ada!ada@ada PRIVMSG #grace :hello');
    assert.equal(traceId, uuidV5('abc-123', ENVELOPE_NAMESPACE).replaceAll('-', ''));
  });
});

describe('hostile lines', () => {
  test('many anomalies are listed up to a limit and counted beyond it', () => {
    const line = `@id=a;badges=${','.repeat(5000)} :ada!ada@ada PRIVMSG #grace :hello`;
    const { anomalies = [], raw } = envelopeFor(line).payload;
    assert.equal(anomalies.length, 257);
    assert.equal(anomalies.at(-1), 'anomalies: 4745 more are not listed');
    assert.equal(raw.line, line);
  });

  test('an envelope grows with its line, not with the square of it', () => {
    const ranges = Array.from({ length: 2000 }, (_, index) => `${index}-${index}`).join(',');
    const line = `@id=a;emotes=${'x'.repeat(8000)}:${ranges} :ada!ada@ada PRIVMSG #grace :${'y'.repeat(2000)}`;
    assert.ok(JSON.stringify(envelopeFor(line)).length < 5 * line.length);
  });

  test('tags and badges named like parts of a prototype are own members and change nothing else', () => {
    const line = '@id=a;__proto__=x;badges=__proto__/1 :ada!ada@ada PRIVMSG #grace :hello';
    const { payload } = envelopeFor(line);
    assert.ok(Object.hasOwn(payload.raw.tags, '__proto__'));
    assert.ok(Object.hasOwn(payload.badgeVersions, '__proto__'));
    assert.equal(Object.getPrototypeOf(payload.raw.tags), Object.prototype);
    assert.match(JSON.stringify(payload.raw.tags), /"__proto__":"x"/);
    assert.equal(schemaErrors(overTheWire(envelopeFor(line))), '');
  });
});

test('a chat message is a PRIVMSG to a channel', () => {
  for (const line of [':a!a@a PRIVMSG #b :hi', 'PRIVMSG #b', 'PRIVMSG # :hi']) {
    assert.equal(isChatMessage(parse(line)), true, line);
  }
  for (const line of ['PRIVMSG', 'PRIVMSG b :hi', 'PRIVMSG :hi', 'privmsg #b :hi', 'NOTICE #b :hi']) {
    assert.equal(isChatMessage(parse(line)), false, line);
  }
});
