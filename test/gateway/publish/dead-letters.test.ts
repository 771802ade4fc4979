import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { deadLettersPath, openDeadLetters } from '../../../gateway/publish/dead-letters.ts';
import { StoreError } from '../../../gateway/store/database.ts';
import { openLogReader } from '../../../gateway/store/log-reader.ts';
import { temporaryDirectory } from '../../integration/gateway-process.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { messageOf } from './queue-harness.ts';

const rejectionOf = (id: string, body: string) => {
  const queued = messageOf(id);
  const headers = { 'Nats-Msg-Id': id, type: 'external.chat.message.v1', correlationId: 'x' };
  const message = { ...queued.message, headers, body: Buffer.from(body) };
  return {
    queued: { ...queued, message },
    reason: 'max_payload',
    error: 'too "large"',
    attempts: 2,
  } as const;
};

test('a dead letter is kept with the envelope as it was, under an id of its own', async () => {
  await using directory = await temporaryDirectory();
  const clock = new VirtualClock();
  const options = {
    dataDir: directory.path,
    subject: 'internal.deadletter.v1',
    clock,
    onError: assert.ifError,
  };
  const letters = openDeadLetters(options);
  assert.equal(letters.keep(rejectionOf('tw:a-1', '{"v":"1","id":"a-1"}')), true);
  letters.close();

  const reader = openLogReader(deadLettersPath(directory.path));
  const [entry] = reader?.read({ after: 0, limit: 10, subject: 'internal.deadletter.v1' }) ?? [];
  reader?.close();
  assert.equal(entry?.messageId, 'dl:a-1');
  assert.deepEqual(entry.headers, {
    'Nats-Msg-Id': 'dl:a-1',
    type: 'internal.deadletter.v1',
    correlationId: 'x',
  });
  assert.deepEqual(JSON.parse(Buffer.from(entry.body).toString()), {
    reason: 'max_payload',
    error: 'too "large"',
    failedAt: new Date(clock.date()).toISOString(),
    attempts: 2,
    envelope: { v: '1', id: 'a-1' },
  });
});

test('a letter that cannot be written is reported as not kept', async () => {
  await using directory = await temporaryDirectory();
  const errors: unknown[] = [];
  const letters = openDeadLetters({
    dataDir: directory.path,
    subject: 'internal.deadletter.v1',
    clock: new VirtualClock(),
    onError: (error) => errors.push(error),
  });
  letters.close();
  assert.equal(letters.keep(rejectionOf('tw:a-1', '{}')), false);
  assert.equal(errors.length, 1);
});

test('a file of something else is refused, not overwritten', async () => {
  await using directory = await temporaryDirectory();
  await writeFile(
    deadLettersPath(directory.path),
    'not a database, and longer than a header of one would be',
  );
  const options = {
    dataDir: directory.path,
    subject: 's',
    clock: new VirtualClock(),
    onError: assert.ifError,
  };
  assert.throws(() => openDeadLetters(options), StoreError);
});
