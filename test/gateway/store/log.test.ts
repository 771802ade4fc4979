import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openDatabase } from '../../../gateway/store/database.ts';
import { openLogReader } from '../../../gateway/store/log-reader.ts';
import { Log, type LogRecord } from '../../../gateway/store/log.ts';
import { duplicate, ids, isStoreError, KEEP_ALL, openAt, record, stored } from './log-helpers.ts';
import { tempDir } from './temp-dir.ts';

test('entries come back in stored order, byte for byte, with their headers and attributes', (t) => {
  const log = openAt(t, join(tempDir(t), 'log'), KEEP_ALL);
  const odd: LogRecord = {
    messageId: 'tw:1',
    subject: 's',
    time: 1_790_000_000_123,
    headers: { type: 'τ', 'Nats-Msg-Id': 'tw:1' },
    attributes: { reason: 'max_payload', attempts: 3 },
    body: Uint8Array.from({ length: 256 }, (_, byte) => byte),
  };
  const empty = record('tw:2', 0);
  assert.deepEqual(log.append([odd, empty]), [stored(1), stored(2)]);
  const [first, second, ...rest] = log.read({ after: 0, limit: 10, subject: undefined });
  assert.deepEqual(first, { ...odd, sequence: 1 });
  assert.deepEqual(second, { ...empty, sequence: 2 });
  assert.deepEqual(rest, []);
});

test('a read begins after a sequence, ends at its limit and can be of one subject', (t) => {
  const log = openAt(t, join(tempDir(t), 'log'), KEEP_ALL);
  for (const [index, subject] of ['a', 'b', 'a', 'a', 'b'].entries())
    log.append([{ ...record(`id${index}`), subject }]);
  const sequences = (after: number, limit: number, subject: string | undefined) =>
    log.read({ after, limit, subject }).map((entry) => entry.sequence);
  assert.deepEqual(sequences(0, 10, undefined), [1, 2, 3, 4, 5]);
  assert.deepEqual(sequences(1, 2, undefined), [2, 3]);
  assert.deepEqual(sequences(0, 10, 'a'), [1, 3, 4]);
  assert.deepEqual(sequences(1, 1, 'b'), [2]);
  assert.deepEqual(sequences(5, 10, undefined), []);
});

test('an id that is there already is not stored again: the answer is the first sequence', (t) => {
  const log = openAt(t, join(tempDir(t), 'log'), KEEP_ALL);
  log.append([record('a'), record('b')]);
  const again = log.append([record('c'), record('a'), record('c'), record('d')]);
  assert.deepEqual(again, [stored(3), duplicate(1), duplicate(3), stored(4)]);
  assert.equal(log.size.entries, 4);
});

test('settled entries are gone, and their sequences are never used again', (t) => {
  const path = join(tempDir(t), 'log');
  const log = openAt(t, path, KEEP_ALL);
  log.append([record('a', 100), record('b', 100), record('c', 100)]);
  log.settle([2, 3, 3, 99]);
  assert.deepEqual(ids(log), ['a']);
  assert.deepEqual(log.size, { entries: 1, bytes: 100 });
  log.settle([1]);
  assert.deepEqual(log.size, { entries: 0, bytes: 0 });
  log.close();
  const reopened = openAt(t, path, KEEP_ALL);
  assert.deepEqual(reopened.append([record('a')]), [stored(4)]);
});

test('an entry can be given other attributes, and stays what it is otherwise', (t) => {
  const log = openAt(t, join(tempDir(t), 'log'), KEEP_ALL);
  log.append([record('a', 10), record('b', 20), record('c', 30)]);
  const { size } = log;
  log.annotate([1, 3, 99], { state: 'done' });
  const attributes = log.read({ after: 0, limit: 9, subject: undefined }).map((entry) => entry.attributes);
  assert.deepEqual(attributes, [{ state: 'done' }, {}, { state: 'done' }]);
  assert.deepEqual(log.size, size);
});

test('entries and their size outlive the process that appended them', (t) => {
  const path = join(tempDir(t), 'log');
  const log = openAt(t, path, KEEP_ALL);
  log.append([record('a', 10), record('b', 20)]);
  log.close();
  const reopened = openAt(t, path, KEEP_ALL);
  assert.deepEqual(reopened.size, { entries: 2, bytes: 30 });
  assert.deepEqual(ids(reopened), ['a', 'b']);
});

test('two writers of one file agree on what is in it', (t) => {
  const path = join(tempDir(t), 'log');
  const gateway = openAt(t, path, KEEP_ALL);
  const redrive = openAt(t, path, KEEP_ALL);
  gateway.append([record('a', 10), record('b', 20)]);
  redrive.settle([1]);
  gateway.append([record('c', 30)]);
  assert.deepEqual(gateway.size, { entries: 2, bytes: 50 });
});

test('discard old: the oldest entries make room, in the same transaction', (t) => {
  const log = openAt(t, join(tempDir(t), 'log'), { maxBytes: 1000, discard: 'old' });
  for (let n = 1; n <= 10; n++) log.append([record(`id${n}`, 300)]);
  assert.deepEqual(ids(log), ['id8', 'id9', 'id10']);
  assert.deepEqual(log.size, { entries: 3, bytes: 900 });
  assert.deepEqual(log.append([record('id1', 400)]), [stored(11)], 'an id that was removed is new again');
  assert.deepEqual(ids(log), ['id9', 'id10', 'id1']);
});

test('discard old: an entry that alone exceeds the limit is refused and costs the others nothing', (t) => {
  const log = openAt(t, join(tempDir(t), 'log'), { maxBytes: 1000, discard: 'old' });
  assert.deepEqual(log.append([record('a', 500), record('b', 1001), record('c', 100)]), [
    stored(1),
    { kind: 'full' },
    stored(2),
  ]);
  assert.deepEqual(ids(log), ['a', 'c']);
});

test('discard new: what was accepted stays, and the newcomer is refused until there is room', (t) => {
  const log = openAt(t, join(tempDir(t), 'log'), { maxBytes: 1000, discard: 'new' });
  assert.deepEqual(log.append([record('a', 600), record('b', 600), record('c', 300)]), [
    stored(1),
    { kind: 'full' },
    stored(2),
  ]);
  log.settle([1]);
  assert.deepEqual(log.append([record('b', 600)]), [stored(3)]);
});

test('the files stay below twice the limit, however much is appended', (t) => {
  const path = join(tempDir(t), 'log');
  const maxBytes = 2_000_000;
  const log = openAt(t, path, { maxBytes, discard: 'old' });
  let largest = 0;
  for (let n = 0; n < 6000; n += 20) {
    log.append(Array.from({ length: 20 }, (_, i) => record(scrambledId(n + i), 1500 + ((n + i) % 17) * 100)));
    largest = Math.max(largest, statSync(path).size + statSync(`${path}-wal`).size);
  }
  assert.ok(log.size.bytes > 0.99 * maxBytes && log.size.bytes <= maxBytes, `${log.size.bytes} bytes kept`);
  assert.ok(largest <= 2 * maxBytes, `the files took ${largest} bytes`);
});

test('a file made under a larger limit is brought down to a smaller one', (t) => {
  const path = join(tempDir(t), 'log');
  const large = openAt(t, path, { maxBytes: 8_000_000, discard: 'old' });
  for (let n = 0; n < 30; n++) {
    large.append(Array.from({ length: 100 }, (_, i) => record(`${n}-${i}`, 2300)));
  }
  large.close();
  const small = openAt(t, path, { maxBytes: 500_000, discard: 'old' });
  assert.equal(ids(small).at(-1), '29-99');
  assert.ok(small.size.bytes <= 500_000);
  assert.ok(statSync(path).size <= 1_000_000, `the file takes ${statSync(path).size} bytes`);
});

test('a full disk fails the append, changes nothing, and is over when there is room', (t) => {
  const path = join(tempDir(t), 'log');
  const db = openDatabase(path, 'FULL');
  const log = new Log(path, db, KEEP_ALL);
  t.after(() => log.close());
  log.append([record('a')]);
  db.exec('PRAGMA max_page_count = 12');
  const before = log.size;
  const big = Array.from({ length: 50 }, (_, n) => record(`big${n}`, 5000));
  assert.throws(() => log.append(big), isStoreError(13, /disk is full/));
  assert.deepEqual(log.size, before);
  assert.deepEqual(ids(log), ['a']);
  db.exec('PRAGMA max_page_count = 100000');
  assert.equal(log.append(big).length, 50);
  assert.equal(log.size.entries, 51);
});

test('a lock held by another process fails the append with SQLITE_BUSY', (t) => {
  const path = join(tempDir(t), 'log');
  const log = openAt(t, path, KEEP_ALL);
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  assert.throws(() => log.append([record('a')]), isStoreError(5, /another process/));
  other.close();
  assert.deepEqual(log.append([record('a')]), [stored(1)]);
});

test('a reader sees what is committed while the log is open, and nothing in a file without tables', (t) => {
  const path = join(tempDir(t), 'log');
  writeFileSync(path, '');
  assert.equal(openLogReader(path), undefined);
  const log = openAt(t, path, KEEP_ALL);
  log.append([record('a')]);
  const reader = openLogReader(path);
  assert.equal(reader?.lastSequence(), 1);
  log.append([record('b')]);
  assert.deepEqual(
    reader?.read({ after: 1, limit: 9, subject: undefined }).map((e) => e.messageId),
    ['b'],
  );
  reader?.close();
});

/** Distinct for every n below 2^32, and in no order: what random ids do to their index. */
function scrambledId(n: number): string {
  return `tw:${(Math.imul(n, 2654435761) >>> 0).toString(16).padStart(36, '0')}`;
}
