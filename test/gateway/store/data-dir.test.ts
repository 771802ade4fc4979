import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { DataDirError, openDataDir } from '../../../gateway/store/data-dir.ts';
import { tempDir } from './temp-dir.ts';

test('a missing directory is made, parents included, for its owner alone', (t) => {
  const path = join(tempDir(t), 'some', 'where');
  const dir = openDataDir(path);
  t.after(() => dir.release());
  assert.equal(dir.path, path);
  assert.equal(statSync(path).mode & 0o777, 0o700);
});

test('a directory that is there keeps its mode', (t) => {
  const path = join(tempDir(t), 'data');
  mkdirSync(path, { mode: 0o755 });
  const before = statSync(path).mode;
  const dir = openDataDir(path);
  t.after(() => dir.release());
  assert.equal(statSync(path).mode, before);
});

test('a second gateway is refused, with the directory and the cure, until the first lets go', (t) => {
  const path = tempDir(t);
  const first = openDataDir(path);
  assert.throws(
    () => openDataDir(path),
    (error) =>
      error instanceof DataDirError &&
      error.kind === 'locked' &&
      error.message.includes(path) &&
      error.message.includes('DATA_DIR of its own'),
  );
  first.release();
  first.release();
  openDataDir(path).release();
});

test('a refused second gateway in one process leaves the lock with the first', (t) => {
  const path = tempDir(t);
  const first = openDataDir(path);
  t.after(() => first.release());
  for (let attempt = 0; attempt < 3; attempt++) assert.throws(() => openDataDir(path), isLocked);
});

test('another process is refused, and the lock dies with its holder on kill -9', async (t) => {
  const path = tempDir(t);
  const holder = spawn(process.execPath, [join(import.meta.dirname, 'lock-holder.ts'), path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => holder.kill('SIGKILL'));
  const [said] = (await once(holder.stdout, 'data')) as [Buffer];
  assert.equal(said.toString(), 'locked\n');
  assert.throws(() => openDataDir(path), isLocked);
  holder.kill('SIGKILL');
  await once(holder, 'close');
  openDataDir(path).release();
});

test('a directory that another gateway makes at the same moment, parents included, is used', (t) => {
  const path = join(tempDir(t), 'some', 'where');
  const make = fs.mkdirSync;
  t.mock.method(fs, 'mkdirSync', (...args: Parameters<typeof make>) => {
    make(...args); // the other one was faster
    return make(...args);
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  openDataDir(path).release();
});

const UNUSABLE: readonly [string, (root: string) => string][] = [
  ['a file', (root) => fileAt(join(root, 'file'))],
  ['a directory below a file', (root) => join(fileAt(join(root, 'file')), 'data')],
  ['a directory that nobody may make', () => '/proc/ingress-egress'],
  [
    'a directory whose lock is some other file',
    (root) => {
      fileAt(join(root, 'gateway.lock'));
      return root;
    },
  ],
];

for (const [what, make] of UNUSABLE) {
  test(`${what} cannot be DATA_DIR, and is named`, (t) => {
    const path = make(tempDir(t));
    assert.throws(
      () => openDataDir(path),
      (error) => error instanceof DataDirError && error.kind === 'unusable' && error.message.includes(path),
    );
  });
}

function fileAt(path: string): string {
  writeFileSync(path, 'not a database, but long enough to be one '.repeat(100));
  return path;
}

function isLocked(error: unknown): boolean {
  return error instanceof DataDirError && error.kind === 'locked';
}
