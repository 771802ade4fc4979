import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deadLettersPath } from '../../../gateway/publish/dead-letters.ts';
import { StoreError } from '../../../gateway/store/database.ts';
import { openAt } from '../store/log-helpers.ts';
import { tempDir } from '../store/temp-dir.ts';
import {
  DEAD_LETTERS,
  envelopeOf,
  jsonOf,
  localLetters,
  rejectionOf,
  startDeadLetters,
} from './dead-letter-harness.ts';

test('a dead letter is kept with the envelope byte for byte, under an id of its own', async (t) => {
  const dataDir = tempDir(t);
  const { letters, clock, keep, kept, told } = startDeadLetters(dataDir);
  await keep(rejectionOf('a-1'));
  assert.deepEqual(kept, [true]);
  assert.deepEqual(told, ['kept tw:a-1']);
  letters.close();

  const [entry, ...rest] = localLetters(dataDir);
  assert.deepEqual(rest, []);
  assert.equal(entry?.messageId, 'dl:a-1');
  assert.equal(entry.subject, DEAD_LETTERS);
  assert.deepEqual(entry.headers, {
    'Nats-Msg-Id': 'dl:a-1',
    type: 'internal.deadletter.v1',
    correlationId: 'a-1',
  });
  const failedAt = new Date(clock.date() - 10).toISOString();
  assert.equal(
    Buffer.from(entry.body).toString(),
    `{"reason":"max_payload","error":"too \\"large\\"","failedAt":"${failedAt}","attempts":2,"envelope":${envelopeOf('a-1')}}`,
  );
});

test('nobody is told that a letter is kept before it is on the disk; flush does not wait for the commit', (t) => {
  const dataDir = tempDir(t);
  const { letters } = startDeadLetters(dataDir);
  const found: number[] = [];
  letters.keep(rejectionOf('a'), () => found.push(localLetters(dataDir).length));
  assert.deepEqual(found, []);
  letters.flush();
  assert.deepEqual(found, [1]);
  letters.close();
});

test('what waits for its commit when the store is closed is kept, and the outcome told', (t) => {
  const dataDir = tempDir(t);
  const { letters, clock, kept } = startDeadLetters(dataDir);
  letters.keep(rejectionOf('a'), (isKept) => kept.push(isKept));
  letters.close();
  assert.deepEqual(kept, [true]);
  assert.equal(localLetters(dataDir).length, 1);
  assert.equal(clock.pending, 0);
});

test('an id that is kept already is kept, once', async (t) => {
  const dataDir = tempDir(t);
  const { letters, keep, kept } = startDeadLetters(dataDir);
  await keep(rejectionOf('a'), rejectionOf('a', { error: 'again' }));
  assert.deepEqual(kept, [true, true]);
  assert.deepEqual(
    localLetters(dataDir).map((letter) => jsonOf(letter)['error']),
    ['too "large"'],
  );
  letters.close();
});

test('a letter that cannot be written is reported as not kept', async (t) => {
  const { letters, keep, kept, told } = startDeadLetters(tempDir(t));
  letters.close();
  await keep(rejectionOf('a'));
  assert.deepEqual(kept, [false]);
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /^not kept: /);
});

test('what finds no room in the local store is reported as not kept, and costs the others nothing', async (t) => {
  const log = openAt(t, join(tempDir(t), 'log'), { maxBytes: 1000, discard: 'new' });
  const { letters, keep, kept, told } = startDeadLetters(log);
  await keep(rejectionOf('a'), rejectionOf('b', { error: 'x'.repeat(1000) }), rejectionOf('c'));
  assert.deepEqual(kept, [true, false, true]);
  assert.match(told[1] ?? '', /^not kept: Error: the local store of dead letters is full \(1000 bytes\)/);
  letters.close();
});

test('a file of something else is refused, not overwritten', (t) => {
  const dataDir = tempDir(t);
  writeFileSync(deadLettersPath(dataDir), 'not a database, and longer than a header of one would be');
  assert.throws(() => startDeadLetters(dataDir), StoreError);
});
