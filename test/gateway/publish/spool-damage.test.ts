import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, statSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { BusMessage } from '../../../gateway/bus/bus.ts';
import { wireHeaders } from '../../../gateway/bus/nats-message.ts';
import { temporaryDirectory } from '../../integration/gateway-process.ts';
import { openSpoolFile, spoolPath } from '../../../gateway/publish/spool-file.ts';
import { PAGE_SIZE } from '../../../gateway/store/database.ts';
import { numbered, startSpooledQueue } from './spooled-queue.ts';

function leave(directory: string, count: number): void {
  const { queue, offer } = startSpooledQueue(directory, 'overflow');
  offer(...numbered(1, count));
  queue.halt();
  queue.close();
}

/** As a disk does that has lost a page. */
function overwritePage(path: string, page: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(PAGE_SIZE, 0xa5), 0, PAGE_SIZE, page * PAGE_SIZE);
  closeSync(file);
}

test('a spool with a damaged page is moved aside whole: it would keep all that comes after it from the bus', async () => {
  await using directory = await temporaryDirectory();
  leave(directory.path, 1000);
  const path = spoolPath(directory.path);
  const pages = statSync(path).size / PAGE_SIZE;
  assert.ok(pages > 20);
  overwritePage(path, Math.floor(pages / 2));
  const { spool, setAside } = openSpoolFile(directory.path, 'overflow', 1e9, 42);
  assert.equal(setAside?.path, `${path}.unreadable-42`);
  assert.match(setAside.error.message, /damaged/);
  assert.ok(existsSync(setAside.path));
  assert.deepEqual([spool?.recovered, spool?.entries], [0, 0]);
  spool?.close({ sentUpTo: 0, stream: '', after: 0 });
});

test('headers that cannot be read cost one message: no bus takes it, and those behind it are sent', async () => {
  await using directory = await temporaryDirectory();
  leave(directory.path, 3);
  for (const damage of ["'x' || headers", "'null'", "'[1]'"]) {
    using db = new DatabaseSync(spoolPath(directory.path));
    db.exec(`UPDATE entries SET headers = ${damage}, attributes = '{' WHERE sequence = 2`);
    const { spool } = openSpoolFile(directory.path, 'overflow', 1e9, 42);
    const taken: BusMessage[] = [];
    for (let next = spool?.peek(); next; next = spool?.peek()) {
      taken.push(next.queued.message);
      spool?.take();
    }
    spool?.close({ sentUpTo: 0, stream: '', after: 0 });
    assert.deepEqual(
      taken.map(({ messageId }) => messageId),
      numbered(1, 3),
    );
    assert.deepEqual(
      taken.map((message) => kindOf(wireHeaders(message, 1_000_000))),
      ['sent', 'bad_header', 'sent'],
    );
  }
});

test('a note that cannot be read is like none: all may have been sent, and nothing is lost', async () => {
  await using directory = await temporaryDirectory();
  leave(directory.path, 3);
  for (const note of ['', '{', 'null', '{"sentUpTo":null}', '{"sentUpTo":"2","after":"1","stream":7}']) {
    using db = new DatabaseSync(spoolPath(directory.path));
    db.prepare('UPDATE totals SET note = ?').run(note);
    const { spool } = openSpoolFile(directory.path, 'overflow', 1e9, 42);
    assert.equal(spool?.recovered, 3);
    assert.deepEqual(spool.recoveredMark, { sentUpTo: 3, stream: '', after: 0 }, note);
    spool.close({ sentUpTo: 0, stream: '', after: 0 });
  }
});

const kindOf = (wire: ReturnType<typeof wireHeaders>) => ('reason' in wire ? wire.reason : 'sent');

test('a sound one that holds messages stays where it is', async () => {
  await using directory = await temporaryDirectory();
  leave(directory.path, 1000);
  const { spool, setAside } = openSpoolFile(directory.path, 'overflow', 1e9, 42);
  assert.equal(setAside, undefined);
  assert.equal(spool?.recovered, 1000);
  spool.close({ sentUpTo: 0, stream: '', after: 0 });
});
