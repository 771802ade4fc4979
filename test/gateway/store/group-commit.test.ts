import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { GroupCommit, type Committed } from '../../../gateway/store/group-commit.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { duplicate, ids, KEEP_ALL, openAt, record, stored } from './log-helpers.ts';
import { tempDir } from './temp-dir.ts';

function open(t: TestContext, limits = KEEP_ALL) {
  const log = openAt(t, join(tempDir(t), 'log'), limits);
  const append = t.mock.method(log, 'append');
  const clock = new VirtualClock();
  const commits = new GroupCommit(log, clock);
  const settled: Committed[] = [];
  return {
    log,
    clock,
    commits,
    settled,
    append: (id: string, bytes?: number) =>
      commits.append(record(id, bytes), (committed) => settled.push(committed)),
    commitCount: () => append.mock.callCount(),
  };
}

test('a burst of 10,000 shares one commit, in order, and nobody is told before it', (t) => {
  const { log, clock, append, settled, commitCount } = open(t);
  const burst = Array.from({ length: 10_000 }, (_, n) => `id${n}`);
  for (const id of burst) append(id);
  assert.equal(settled.length, 0);
  clock.advance(0);
  assert.equal(commitCount(), 1);
  assert.deepEqual(ids(log), burst);
  assert.equal(settled.length, 10_000);
  assert.equal(clock.pending, 0);
});

test('two commits are 10 ms apart, and none takes more than 1 MiB', (t) => {
  const { clock, append, settled } = open(t);
  for (let n = 0; n < 5; n++) append(`id${n}`, 400 * 1024);
  clock.advance(0);
  assert.equal(settled.length, 2);
  clock.advance(9);
  assert.equal(settled.length, 2);
  clock.advance(1);
  assert.equal(settled.length, 4);
  append('huge', 3 * 1024 * 1024);
  clock.advance(20);
  assert.equal(settled.length, 6);
  assert.equal(clock.pending, 0);
});

test('each is told what became of it: stored, there already, no room', (t) => {
  const { clock, append, settled } = open(t, { maxBytes: 100, discard: 'new' });
  append('a', 50);
  append('a', 50);
  append('b', 60);
  clock.advance(0);
  assert.deepEqual(settled, [stored(1), duplicate(1), { kind: 'full' }]);
});

test('flush commits what waits at once, and leaves no timer', (t) => {
  const { log, clock, commits, append, settled } = open(t);
  append('a', 1024 * 1024);
  append('b', 1024 * 1024);
  commits.flush();
  assert.deepEqual(ids(log), ['a', 'b']);
  assert.deepEqual(settled, [stored(1), stored(2)]);
  assert.equal(clock.pending, 0);
});

test('a commit that fails is told to everybody in it, and the next one may succeed', (t) => {
  const { log, clock, append, settled } = open(t);
  const failure = new Error('the disk is full');
  t.mock.method(log, 'append', () => {
    throw failure;
  });
  append('a');
  append('b');
  clock.advance(0);
  assert.deepEqual(settled, [
    { kind: 'failed', error: failure },
    { kind: 'failed', error: failure },
  ]);
  t.mock.restoreAll();
  append('a');
  clock.advance(10);
  assert.deepEqual(settled.at(-1), stored(1));
});
