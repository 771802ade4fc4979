import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryDirectory } from '../../integration/gateway-process.ts';
import { openSpoolFile } from '../../../gateway/publish/spool-file.ts';
import { Spool } from '../../../gateway/publish/spool.ts';
import { stored } from './queue-harness.ts';
import { numbered, startSpooledQueue } from './spooled-queue.ts';

const SMALL = { maxBytes: 1000 };

function fail(): never {
  throw new Error('disk full');
}

function breakDisk({ mock }: TestContext): () => void {
  mock.method(Spool.prototype, 'append', fail);
  mock.method(Spool.prototype, 'putBack', fail);
  mock.method(Spool.prototype, 'settle', fail);
  return () => mock.restoreAll();
}

test('a disk that cannot be written counts as none: told, and memory does what it can', async (context) => {
  await using directory = await temporaryDirectory();
  const { queue, clock, ledger, spoolErrors, offer, settleAll } = startSpooledQueue(
    directory.path,
    'overflow',
    {
      limits: SMALL,
    },
  );
  const mend = breakDisk(context);
  offer(...numbered(1, 10));
  clock.advance(10);
  assert.equal(spoolErrors.length, 1);
  assert.match(queue.degraded()[0]?.sentence ?? '', /disk full/);
  assert.deepEqual(offer('a-11'), [false]);
  assert.equal(ledger.dropped.queue_full, 1);
  clock.advance(5000);
  assert.equal(spoolErrors.length, 1, 'told once');

  mend();
  clock.advance(1000);
  assert.deepEqual(queue.degraded(), []);
  assert.deepEqual(offer('a-12'), [true]);
  queue.busState('up');
  assert.deepEqual(settleAll(), [...numbered(1, 10), 'a-12']);
});

test('with `always` and a broken disk lines count as received at once, and are sent from memory', async (context) => {
  await using directory = await temporaryDirectory();
  const { queue, clock, ledger, offer, settleAll } = startSpooledQueue(directory.path, 'always');
  breakDisk(context);
  queue.busState('up');
  offer('a-1');
  clock.advance(10);
  assert.equal(ledger.received, 1);
  offer('a-2');
  assert.equal(ledger.received, 2);
  assert.deepEqual(settleAll(), ['a-1', 'a-2']);
});

test('a stop whose disk is broken counts what is left as dropped', async (context) => {
  await using directory = await temporaryDirectory();
  const { queue, ledger, offer, assertBalanced } = startSpooledQueue(directory.path, 'overflow');
  breakDisk(context);
  offer('a-1', 'a-2');
  queue.halt();
  assert.equal(queue.close(), 2);
  assert.equal(ledger.dropped.shutdown, 2);
  assertBalanced();
});

test('what waits on a disk that cannot be read grows old, and that is told though memory is empty', async ({
  mock,
}) => {
  await using directory = await temporaryDirectory();
  const first = startSpooledQueue(directory.path, 'overflow', { limits: SMALL });
  first.offer(...numbered(1, 20));
  first.clock.advance(100);
  first.offer('a-21');
  mock.method(Spool.prototype, 'peek', fail);
  first.queue.busState('up');
  for (const [index, id] of numbered(1, 8).entries()) first.answer(id, stored(index + 1));
  first.clock.advance(5000);
  const { waiting, inFlight, spooled, oldestAgeMs } = first.queue.status();
  assert.deepEqual([waiting, inFlight, spooled, oldestAgeMs], [0, 0, 13, 5100]);
  first.kill();

  const second = startSpooledQueue(directory.path, 'overflow', { limits: SMALL });
  second.clock.advance(4000);
  assert.equal(second.queue.status().oldestAgeMs, 4000, 'as far as this run knows');
  mock.restoreAll();
  second.clock.advance(1000);
  second.queue.busState('up');
  second.settleAll();
  assert.equal(second.queue.status().oldestAgeMs, 0);
});

test('memory holds no more than it may while the disk can be read again and not be written yet', async ({
  mock,
}) => {
  await using directory = await temporaryDirectory();
  const { queue, clock, offer, answer, takeSent, settleAll } = startSpooledQueue(directory.path, 'overflow', {
    limits: SMALL,
  });
  offer(...numbered(1, 20));
  clock.advance(10);
  mock.method(Spool.prototype, 'append', fail);
  mock.method(Spool.prototype, 'settle', fail);
  const peek = mock.method(Spool.prototype, 'peek', fail);
  queue.busState('up');
  for (const [index, id] of numbered(1, 8).entries()) answer(id, stored(index + 1));
  const taken = offer(...numbered(21, 40)).filter(Boolean).length;
  assert.equal(queue.status().waiting, 8, 'an eighth is left for what waits on the disk');
  assert.equal(taken, 8);
  takeSent();
  peek.mock.restore();
  clock.advance(1000);
  assert.ok(queue.status().bytes <= 1000, `${queue.status().bytes} bytes`);
  assert.deepEqual(settleAll(), [...numbered(9, 28)]);
});

test('a file that is no spool is moved aside whole, and a new one is made', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'spool.sqlite');
  await writeFile(path, 'something else, and longer than the header of a database would be');
  const { spool, setAside } = openSpoolFile(directory.path, 'overflow', 1000, 42);
  assert.equal(spool?.entries, 0);
  assert.equal(setAside?.path, `${path}.unreadable-42`);
  assert.ok(existsSync(setAside.path));
  spool.close({ sentUpTo: 0, stream: '', after: 0 });
});

test('without spooling no file is made', async () => {
  await using directory = await temporaryDirectory();
  assert.equal(openSpoolFile(directory.path, 'off', 1000, 0).spool, undefined);
  assert.deepEqual(readdirSync(directory.path), []);
});
