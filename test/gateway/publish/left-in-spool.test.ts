import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { leftInSpool } from '../../../gateway/publish/left-in-spool.ts';
import { spoolPath } from '../../../gateway/publish/spool-file.ts';
import { KEEP_ALL, openAt, record } from '../store/log-helpers.ts';
import { tempDir } from '../store/temp-dir.ts';

test('where no spool is, or an empty one, nothing is left', (t) => {
  const dataDir = tempDir(t);
  assert.equal(leftInSpool(dataDir), undefined);
  const log = openAt(t, spoolPath(dataDir), KEEP_ALL);
  log.append([record('tw:1')]);
  log.settle([1]);
  log.close();
  assert.equal(leftInSpool(dataDir), undefined);
  writeFileSync(spoolPath(dataDir), '');
  assert.equal(leftInSpool(dataDir), undefined);
});

test('messages of an earlier run are counted, with the cure, and the file is not touched', (t) => {
  const dataDir = tempDir(t);
  const log = openAt(t, spoolPath(dataDir), KEEP_ALL);
  log.append([record('tw:1'), record('tw:2'), record('tw:3')]);
  log.close();
  const before = readFileSync(spoolPath(dataDir));
  const sentence = leftInSpool(dataDir) ?? '';
  assert.match(
    sentence,
    /spool\.sqlite holds messages .* \(3\), .*: start once with MESSAGE_BUS_DRIVER=nats\.$/,
  );
  assert.deepEqual(readFileSync(spoolPath(dataDir)), before);
});

test('what a killed run left in the write-ahead log is counted, too', (t) => {
  const dataDir = tempDir(t);
  openAt(t, spoolPath(dataDir), KEEP_ALL).append([record('tw:1')]);
  assert.match(leftInSpool(dataDir) ?? '', /\(1\)/);
});

test('a file that cannot be read is named, and no reason not to start', (t) => {
  const dataDir = tempDir(t);
  writeFileSync(
    spoolPath(dataDir),
    'something else, and longer than the header of a database would be '.repeat(9),
  );
  assert.match(leftInSpool(dataDir) ?? '', /cannot be counted: .*spool\.sqlite: this is not a SQLite file/);
});
