import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { ids, KEEP_ALL, openAt, record } from './log-helpers.ts';
import { tempDir } from './temp-dir.ts';

const MB = 1_000_000;

/** A log that once held eight records of a megabyte, and now the last `left` of them. */
function start(t: TestContext, left: number) {
  const path = join(tempDir(t), 'log');
  const log = openAt(t, path, KEEP_ALL);
  for (let n = 1; n <= 8; n++) log.append([record(`id${n}`, MB)]);
  log.settle(
    Array.from({ length: 8 - left }, (_, index) => index + 1),
    'a note',
  );
  log.close();
  return { log: openAt(t, path, KEEP_ALL), size: () => statSync(path).size, path };
}

test('what was removed stays in the file until it is given back; what is left, its places and the note stay', (t) => {
  const { log, size } = start(t, 1);
  assert.ok(size() > 8 * MB, `${size()} bytes before`);
  log.giveBackUnused(3 * MB);
  assert.ok(size() < 1.5 * MB, `${size()} bytes after`);
  assert.deepEqual(ids(log), ['id8']);
  assert.deepEqual(log.size, { entries: 1, bytes: MB });
  assert.equal(log.lastSequence(), 8);
  assert.equal(log.note, 'a note');
  assert.deepEqual(log.append([record('id9')]), [{ kind: 'stored', sequence: 9, duplicate: false }]);
});

test('sequences are not used again in an emptied file', (t) => {
  const { log, size } = start(t, 0);
  log.giveBackUnused(3 * MB);
  assert.ok(size() < MB);
  assert.deepEqual(log.append([record('id9')]), [{ kind: 'stored', sequence: 9, duplicate: false }]);
});

test('a file that may be as large as it is, or holds more than that, is not rewritten', (t) => {
  const { log, size } = start(t, 4);
  const before = size();
  log.giveBackUnused(20 * MB);
  assert.equal(size(), before);
  log.giveBackUnused(3 * MB);
  assert.equal(size(), before);
});

test('a file that another process is using stays as it is', (t) => {
  const { log, size, path } = start(t, 1);
  const before = size();
  using other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  log.giveBackUnused(3 * MB);
  assert.equal(size(), before);
  other.exec('COMMIT');
  assert.deepEqual(ids(log), ['id8']);
});
