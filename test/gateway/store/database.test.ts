import assert from 'node:assert/strict';
import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openDatabase, StoreError } from '../../../gateway/store/database.ts';
import { openLogReader } from '../../../gateway/store/log-reader.ts';
import { openLog } from '../../../gateway/store/log.ts';
import { isStoreError, KEEP_ALL, openAt, record, stored } from './log-helpers.ts';
import { tempDir } from './temp-dir.ts';

const FOREIGN: readonly [string, (path: string) => void, RegExp][] = [
  [
    'a text file',
    (path) => writeFileSync(path, 'not a database, but long enough '.repeat(50)),
    /not a SQLite/,
  ],
  ['a SQLite file of another program', (path) => execOn(path, 'CREATE TABLE t (x)'), /other program/],
  [
    'a SQLite file that bears another id',
    (path) => execOn(path, 'PRAGMA application_id = 7'),
    /other program/,
  ],
  [
    'a file of a later version',
    (path) => {
      openLog(path, { ...KEEP_ALL, synchronous: 'NORMAL' }).close();
      execOn(path, 'PRAGMA user_version = 9');
    },
    /another version \(layout 9/,
  ],
];

for (const [what, make, message] of FOREIGN) {
  test(`${what} is refused and left as it is`, (t) => {
    const path = join(tempDir(t), 'log');
    make(path);
    const { size, mtimeMs } = statSync(path);
    const refused = (error: unknown) =>
      error instanceof StoreError && message.test(error.message) && error.message.startsWith(path);
    assert.throws(() => openLog(path, { ...KEEP_ALL, synchronous: 'FULL' }), refused);
    assert.throws(() => openLogReader(path), refused);
    assert.deepEqual(statSync(path).size, size);
    assert.deepEqual(statSync(path).mtimeMs, mtimeMs);
  });
}

test('FULL syncs every commit and NORMAL does not; both keep a write-ahead log', (t) => {
  for (const [synchronous, level] of [
    ['FULL', 2],
    ['NORMAL', 1],
  ] as const) {
    const db = openDatabase(join(tempDir(t), 'log'), synchronous);
    assert.equal(db.prepare('PRAGMA synchronous').get()?.['synchronous'], level);
    assert.equal(db.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'wal');
    db.close();
  }
});

test('a file whose making was cut short before it had tables is completed', (t) => {
  const path = join(tempDir(t), 'log');
  execOn(path, 'PRAGMA page_size = 8192; PRAGMA journal_mode = WAL');
  assert.ok(statSync(path).size > 0);
  assert.equal(openLogReader(path), undefined);
  assert.deepEqual(openAt(t, path, KEEP_ALL).append([record('a')]), [stored(1)]);
});

test('a file that lost its totals is refused', (t) => {
  const path = join(tempDir(t), 'log');
  openAt(t, path, KEEP_ALL).close();
  execOn(path, 'DELETE FROM totals');
  assert.throws(() => openLog(path, { ...KEEP_ALL, synchronous: 'FULL' }), isStoreError(0, /damaged/));
});

test('a file that lost its end is refused', (t) => {
  const path = join(tempDir(t), 'log');
  const log = openAt(t, path, KEEP_ALL);
  log.append(Array.from({ length: 100 }, (_, n) => record(`id${n}`)));
  log.close();
  truncateSync(path, 8192);
  assert.throws(() => openLog(path, { ...KEEP_ALL, synchronous: 'FULL' }), isStoreError(11, /damaged/));
});

test('a directory that is missing is named', (t) => {
  const path = join(tempDir(t), 'missing', 'log');
  assert.throws(
    () => openLog(path, { ...KEEP_ALL, synchronous: 'FULL' }),
    isStoreError(14, /directory exists/),
  );
});

function execOn(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}
