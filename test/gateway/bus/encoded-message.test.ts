import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EncodedMessage, inOnePiece } from '../../../gateway/bus/encoded-message.ts';
import { wireHeaders } from '../../../gateway/bus/nats-message.ts';
import { envelopeHeaders, envelopeHeaderText, messageIdOf } from '../../../shared/envelope-headers.ts';
import { identityOf } from '../../../shared/envelope.ts';
import { messageSize } from '../../../shared/message-size.ts';

function encode(headers: string, body: string): EncodedMessage {
  return new EncodedMessage('s', Buffer.from(headers + body), headers.length);
}

const id = fc.oneof(fc.uuid(), fc.stringMatching(/^[0-9A-Za-z-]{1,64}$/));

test('an envelope that is kept encoded is the same message as one that is not', () => {
  fc.assert(
    fc.property(id, fc.string({ unit: 'grapheme' }), (text, body) => {
      const identity = identityOf(text);
      const encoded = encode(envelopeHeaderText(identity), body);
      const plain = {
        messageId: messageIdOf(identity),
        subject: 's',
        headers: envelopeHeaders(identity),
        body: Buffer.from(body),
      };
      const { messageId, subject, headers } = encoded;
      assert.deepEqual({ messageId, subject, headers, body: encoded.body }, plain);
      assert.deepEqual(Object.keys(headers), Object.keys(plain.headers));
      assert.equal(encoded.size, messageSize(plain));
      assert.deepEqual(wireHeaders(encoded, Infinity), wireHeaders(plain, Infinity));
    }),
  );
});

test('it may be as large as the server takes, headers included, and not a byte larger', () => {
  const headers = envelopeHeaderText(identityOf('abc-1'));
  const message = encode(headers, 'é');
  assert.ok(wireHeaders(message, headers.length + 2) instanceof Uint8Array);
  const refused = wireHeaders(message, headers.length + 1);
  assert.ok('reason' in refused);
  assert.equal(refused.reason, 'max_payload');
});

const header = fc.tuple(
  fc.constantFrom('a', 'b-c', 'Nats-Msg-Id', 'ö', 'x:y', ''),
  fc.string({ unit: 'grapheme' }),
);

test('whatever is put into one piece stays the same message', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(header), fc.uint8Array(), (messageId, headers, body) => {
      const message = {
        messageId,
        subject: 's',
        headers: { 'Nats-Msg-Id': messageId, ...Object.fromEntries(headers) },
        body: Buffer.from(body),
      };
      const whole = inOnePiece(message);
      assert.deepEqual(
        { messageId: whole.messageId, subject: whole.subject, headers: whole.headers, body: whole.body },
        message,
      );
      assert.deepEqual(wireHeaders(whole, Infinity), wireHeaders(message, Infinity));
      assert.equal(messageSize(whole), messageSize(message));
    }),
  );
});

test('what came from the disk is one piece', () => {
  const headers = envelopeHeaders(identityOf('abc-1'));
  const read = inOnePiece({ messageId: 'tw:abc-1', subject: 's', headers, body: Buffer.from('é') });
  assert.ok(read instanceof EncodedMessage);
});
