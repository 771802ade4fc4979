import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { BusMessage, Outcome } from '../../../gateway/bus/bus.ts';
import { deadLettersPath } from '../../../gateway/publish/dead-letters.ts';
import { tempDir } from '../store/temp-dir.ts';
import {
  DEAD_LETTERS,
  envelopeOf,
  localLetters,
  rejectionOf,
  startDeadLetters,
} from './dead-letter-harness.ts';

const AMBIGUOUS: Outcome = { kind: 'ambiguous', error: 'no ack' };
const REFUSED: Outcome = { kind: 'refused', code: 'stream_full', error: 'the stream is full' };

const storedIds = (messages: readonly BusMessage[]) => messages.map(({ messageId }) => messageId);
const localIds = (dataDir: string) => storedIds(localLetters(dataDir));

test('while the bus is up a letter goes on to it as it was kept, and leaves the local store', async (t) => {
  const dataDir = tempDir(t);
  const { letters, bus, keep, link } = startDeadLetters(dataDir);
  await link('up');
  await keep(rejectionOf('a'));
  const [letter, ...rest] = bus.stored;
  assert.deepEqual(rest, []);
  assert.equal(letter?.messageId, 'dl:a');
  assert.equal(letter.subject, DEAD_LETTERS);
  assert.equal(letter.headers['Nats-Msg-Id'], 'dl:a');
  assert.ok(
    Buffer.from(letter.body)
      .toString()
      .endsWith(`"envelope":${envelopeOf('a')}}`),
  );
  assert.deepEqual(localIds(dataDir), []);
  letters.close();
});

test('what was kept while the bus was down follows when it is up, oldest first, also of earlier runs', async (t) => {
  const dataDir = tempDir(t);
  const all = Array.from({ length: 100 }, (_, n) => `id${n}`);
  const before = startDeadLetters(dataDir);
  await before.keep(...all.slice(0, 60).map((id) => rejectionOf(id)));
  assert.deepEqual(before.sent, []);
  before.letters.close();

  const { letters, bus, keep, link, clock } = startDeadLetters(dataDir);
  await keep(...all.slice(60).map((id) => rejectionOf(id)));
  await link('up');
  assert.deepEqual(
    storedIds(bus.stored),
    all.map((id) => `dl:${id}`),
  );
  assert.deepEqual(localIds(dataDir), []);
  assert.equal(clock.pending, 0);
  letters.close();
});

test('a bus that refuses or does not answer is asked again, later and later, until it stores', async (t) => {
  const dataDir = tempDir(t);
  const { letters, bus, keep, link, pass, told, clock } = startDeadLetters(dataDir);
  await link('up');
  bus.failNext(1, AMBIGUOUS);
  bus.failNext(2, REFUSED);
  await keep(rejectionOf('a'));
  await pass(500);
  await pass(1000);
  assert.deepEqual(localIds(dataDir), ['dl:a']);
  await pass(2000);
  assert.deepEqual(told, [
    'kept tw:a',
    'retrying in 500: no ack',
    'retrying in 1000: the stream is full',
    'retrying in 2000: the stream is full',
  ]);
  assert.deepEqual(storedIds(bus.stored), ['dl:a']);
  assert.deepEqual(localIds(dataDir), []);
  assert.equal(clock.pending, 0);
  letters.close();
});

test('a letter whose ack was lost is sent again, and the answer "duplicate" settles it', async (t) => {
  const dataDir = tempDir(t);
  const { letters, bus, keep, link, pass, sent } = startDeadLetters(dataDir);
  await link('up');
  bus.failNext(1, AMBIGUOUS, true);
  await keep(rejectionOf('a'));
  await pass(500);
  assert.deepEqual(sent, ['dl:a', 'dl:a']);
  assert.deepEqual(storedIds(bus.stored), ['dl:a']);
  assert.deepEqual(localIds(dataDir), []);
  letters.close();
});

test('a message that is dead-lettered again after its letter was forwarded is neither lost nor stuck', async (t) => {
  const dataDir = tempDir(t);
  const { letters, bus, keep, link, kept } = startDeadLetters(dataDir);
  await link('up');
  await keep(rejectionOf('a'));
  await keep(rejectionOf('a'), rejectionOf('b'));
  assert.deepEqual(kept, [true, true, true]);
  assert.deepEqual(storedIds(bus.stored), ['dl:a', 'dl:b']);
  assert.deepEqual(localIds(dataDir), []);
  letters.close();
});

test('while the link is down nothing is sent, and a returning link is used at once', async (t) => {
  const dataDir = tempDir(t);
  const { letters, bus, keep, link, pass, sent } = startDeadLetters(dataDir);
  await link('up');
  bus.failNext(1, AMBIGUOUS);
  await keep(rejectionOf('a'));
  await link('down');
  await pass(600_000);
  assert.deepEqual(sent, ['dl:a']);
  await link('refusing');
  assert.deepEqual(sent, ['dl:a', 'dl:a']);
  assert.deepEqual(localIds(dataDir), []);
  letters.close();
});

test('a local store that cannot be written after the bus has stored is asked again', async (t) => {
  const dataDir = tempDir(t);
  const { letters, bus, keep, link, pass, told } = startDeadLetters(dataDir);
  await keep(rejectionOf('a'));
  const other = new DatabaseSync(deadLettersPath(dataDir));
  other.exec('BEGIN IMMEDIATE');
  await link('up');
  assert.match(told.at(-1) ?? '', /^retrying in 500: .*another process keeps the file locked/);
  other.close();
  await pass(500);
  assert.deepEqual(storedIds(bus.stored), ['dl:a']);
  assert.deepEqual(localIds(dataDir), []);
  letters.close();
});

test('after close nothing is sent and no timer is left; an answer on its way changes nothing', async (t) => {
  const dataDir = tempDir(t);
  const paused = startDeadLetters(dataDir);
  await paused.link('up');
  paused.bus.failNext(1, REFUSED);
  await paused.keep(rejectionOf('a'));
  paused.letters.close();
  assert.equal(paused.clock.pending, 0);
  paused.letters.busState('down');
  paused.letters.busState('up');
  assert.deepEqual(paused.sent, ['dl:a']);

  const sending = startDeadLetters(dataDir);
  const linked = sending.link('up');
  sending.letters.close();
  await linked;
  assert.deepEqual(sending.sent, ['dl:a']);
  assert.deepEqual(localIds(dataDir), ['dl:a']);
  assert.deepEqual(sending.told, []);
});
