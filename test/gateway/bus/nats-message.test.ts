import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wireHeaders } from '../../../gateway/bus/nats-message.ts';

const message = (headers: Record<string, string>, bytes = 10) => ({
  messageId: 'tw:1',
  subject: 's',
  headers,
  body: new Uint8Array(bytes),
});

test('headers stand on the wire in their order, UTF-8, each on a line', () => {
  const wire = wireHeaders(message({ 'Nats-Msg-Id': 'tw:1', type: 'a b', name: 'é👋', empty: '' }), 1000);
  assert.equal(
    Buffer.from(wire as Uint8Array).toString(),
    'NATS/1.0\r\nNats-Msg-Id: tw:1\r\ntype: a b\r\nname: é👋\r\nempty: \r\n\r\n',
  );
});

test('a header that would add a line, or is no header, is refused for good', () => {
  const bad: Record<string, string>[] = [
    { a: 'x\r\nb: y' },
    { a: 'x\n' },
    { a: '\r' },
    { 'a:b': 'x' },
    { 'a b': 'x' },
    { '': 'x' },
    { 'a\r\n': 'x' },
    { é: 'x' },
  ];
  for (const headers of bad) {
    const refused = wireHeaders(message(headers), 1000);
    assert.ok('reason' in refused, JSON.stringify(headers));
    assert.equal(refused.reason, 'bad_header');
    assert.doesNotMatch(refused.error, /[\r\n]/);
  }
});

test('a message may be as large as the server takes, headers included, and not a byte larger', () => {
  const headers = { a: 'b' };
  const size = 'NATS/1.0\r\na: b\r\n\r\n'.length + 10;
  assert.ok(wireHeaders(message(headers), size) instanceof Uint8Array);
  const refused = wireHeaders(message(headers), size - 1);
  assert.ok('reason' in refused);
  assert.equal(refused.reason, 'max_payload');
  assert.match(refused.error, new RegExp(`${size} bytes .* takes ${size - 1}`));
});
