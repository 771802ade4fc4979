import assert from 'node:assert/strict';
import { test } from 'node:test';
import { envelopeHeaders, messageIdOf } from '../../shared/envelope-headers.ts';
import { toEnvelope, type Envelope } from '../../shared/envelope.ts';
import { parseMessage } from '../../shared/tmi-parser.ts';

function envelopeWithId(id: string): Envelope {
  const line = `@id=${id} :ada!ada@ada PRIVMSG #grace :hello`;
  const message = parseMessage(line);
  assert.ok(message);
  return toEnvelope({ message, line, receivedAt: 0, replacedBytes: false }, 'internal.finalizer.v1');
}

test('an envelope travels with these headers and no others', () => {
  const headers = envelopeHeaders(envelopeWithId('885196de-cb67-427a-baa8-82f9b0fcd05f'));
  assert.deepEqual(Object.entries(headers), [
    ['Nats-Msg-Id', 'tw:885196de-cb67-427a-baa8-82f9b0fcd05f'],
    ['content-type', 'application/json'],
    ['type', 'external.chat.message.v1'],
    ['source', 'ingress.twitch'],
    ['correlationId', '885196de-cb67-427a-baa8-82f9b0fcd05f'],
    ['traceparent', '00-885196decb67427abaa882f9b0fcd05f-885196decb67427a-00'],
  ]);
});

test('a span id is never all zero', () => {
  const { traceparent } = envelopeHeaders(envelopeWithId('00000000-0000-0000-baa8-82f9b0fcd05f'));
  assert.equal(traceparent, '00-0000000000000000baa882f9b0fcd05f-0000000000000001-00');
});

test('an id that could break a header never gets into one', () => {
  const headers = envelopeHeaders(envelopeWithId('x\\r\\nevil:\\s1'));
  for (const value of Object.values(headers)) assert.match(value, /^[0-9A-Za-z:/.-]+$/);
});

test('the message id is the key of de-duplication', () => {
  assert.equal(messageIdOf({ id: 'abc-123' }), 'tw:abc-123');
});
