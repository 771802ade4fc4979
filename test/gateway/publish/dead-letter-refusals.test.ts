import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BusMessage, Outcome } from '../../../gateway/bus/bus.ts';
import { tempDir } from '../store/temp-dir.ts';
import { jsonOf, localLetters, rejectionOf, startDeadLetters } from './dead-letter-harness.ts';

const UNKNOWN: Outcome = { kind: 'unknown', error: 'error 10999' };
const TOO_LARGE: Outcome = { kind: 'rejected', reason: 'max_payload', error: 'too large' };

const isWhole = (message: BusMessage) => jsonOf(message)['truncated'] === undefined;
const isLetter = (id: string) => (message: BusMessage) => message.messageId === `dl:${id}`;
const storedIds = (messages: readonly BusMessage[]) => messages.map(({ messageId }) => messageId);
const localIds = (dataDir: string) => storedIds(localLetters(dataDir));

test('a letter too large for the bus goes there without its text, and the whole stays for good', async (t) => {
  const dataDir = tempDir(t);
  const { letters, bus, keep, link } = startDeadLetters(dataDir);
  bus.failWhen(isWhole, TOO_LARGE);
  await link('up');
  await keep(rejectionOf('a', { reason: 'max_msg_size' }));
  const [letter] = bus.stored;
  assert.ok(letter);
  const { failedAt, ...rest } = jsonOf(letter);
  assert.equal(typeof failedAt, 'string');
  assert.deepEqual(rest, {
    reason: 'max_msg_size',
    error: 'too "large"',
    attempts: 2,
    truncated: true,
    envelope: {
      v: '1',
      id: 'a',
      correlationId: 'a',
      traceId: 'trace-a',
      source: { channel: 'ch' },
      user: { name: 'ann' },
    },
  });
  assert.deepEqual(letter.headers, localLetters(dataDir)[0]?.headers);
  assert.ok(isWhole(localLetters(dataDir)[0] ?? letter));
  letters.close();

  const next = startDeadLetters(dataDir);
  await next.link('up');
  await next.keep(rejectionOf('b'));
  assert.deepEqual(next.sent, ['dl:b']);
  assert.deepEqual(localIds(dataDir), ['dl:a']);
  next.letters.close();
});

test('a letter that the bus takes in no form stays, told once, and holds up no other; the next start tries again', async (t) => {
  const dataDir = tempDir(t);
  const { letters, bus, keep, link, told, clock } = startDeadLetters(dataDir);
  const badHeader: Outcome = { kind: 'rejected', reason: 'bad_header', error: 'a bad header' };
  bus.failWhen(isLetter('large'), TOO_LARGE);
  bus.failWhen(isLetter('bad'), badHeader);
  await keep(rejectionOf('large'), rejectionOf('bad'), rejectionOf('good'));
  await link('up');
  await keep(rejectionOf('later'));
  assert.deepEqual(
    told.filter((line) => !line.startsWith('kept')),
    ['dl:large stays: too large', 'dl:bad stays: a bad header'],
  );
  assert.deepEqual(storedIds(bus.stored), ['dl:good', 'dl:later']);
  assert.deepEqual(localIds(dataDir), ['dl:large', 'dl:bad']);
  assert.equal(clock.pending, 0);
  letters.close();

  const next = startDeadLetters(dataDir);
  await next.link('up');
  assert.deepEqual(storedIds(next.bus.stored), ['dl:large', 'dl:bad']);
  assert.deepEqual(localIds(dataDir), []);
  next.letters.close();
});

test('an error that nobody knows is retried five times before its letter stays', async (t) => {
  const dataDir = tempDir(t);
  const { letters, bus, keep, link, pass, sent, told } = startDeadLetters(dataDir);
  bus.failWhen(isLetter('odd'), UNKNOWN);
  await keep(rejectionOf('odd'), rejectionOf('good'));
  await link('up');
  assert.deepEqual(localIds(dataDir), ['dl:odd'], 'what stands behind it does not wait');
  for (let n = 0; n < 10; n++) await pass(60_000);
  assert.deepEqual(sent, ['dl:odd', 'dl:good', ...Array.from({ length: 5 }, () => 'dl:odd')]);
  assert.equal(told.at(-1), 'dl:odd stays: error 10999');
  await keep(rejectionOf('next'));
  assert.deepEqual(localIds(dataDir), ['dl:odd']);
  letters.close();
});
