import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Bus, BusEvents, BusMessage, OpenBus } from '../../../gateway/bus/bus.ts';
import { embeddedBus, embeddedBusPath, openEmbeddedBus } from '../../../gateway/bus/embedded-bus.ts';
import { openDatabase, StoreError } from '../../../gateway/store/database.ts';
import { openLogReader } from '../../../gateway/store/log-reader.ts';
import { Log } from '../../../gateway/store/log.ts';
import { UNHEARD } from '../../fakes/bus-events.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { tempDir } from '../store/temp-dir.ts';

test('it reports connecting, then up, and neither while it is being opened', (t) => {
  const { clock, events } = start(t);
  assert.deepEqual(events, []);
  clock.advance(0);
  assert.deepEqual(events, ['connecting', 'up']);
});

test('a publish is answered in a later turn, once it is stored, with its sequence', (t) => {
  const { clock, events, bus, dataDir } = up(t);
  bus.publish(7, message('a'));
  assert.deepEqual(events, []);
  clock.advance(0);
  assert.deepEqual(events, ['7 stored 1']);
  assert.deepEqual(storedIds(dataDir), ['a']);
});

test('a message is stored byte for byte, with its subject, its headers and the time', (t) => {
  const { clock, bus, dataDir } = up(t);
  const published: BusMessage = {
    messageId: 'tw:1',
    subject: 'dev.internal.ingress.v1',
    headers: { 'Nats-Msg-Id': 'tw:1', type: 'external.chat.message.v1' },
    body: Uint8Array.from({ length: 256 }, (_, byte) => byte),
  };
  bus.publish(0, published);
  clock.advance(0);
  const [entry] = storedEntries(dataDir);
  assert.deepEqual(entry, { ...published, sequence: 1, time: clock.date(), attributes: {} });
});

test('messages that come within 10 ms of a commit share the next one, in order', (t) => {
  const { clock, events, bus, dataDir } = up(t);
  bus.publish(0, message('a'));
  clock.advance(1);
  bus.publish(1, message('b'));
  clock.advance(4);
  bus.publish(2, message('c'));
  clock.advance(4);
  assert.deepEqual(events, ['0 stored 1']);
  assert.deepEqual(storedIds(dataDir), ['a']);
  clock.advance(1);
  assert.deepEqual(events, ['0 stored 1', '1 stored 2', '2 stored 3']);
});

test('after a pause the first message waits for nobody', (t) => {
  const { clock, events, bus } = up(t);
  bus.publish(0, message('a'));
  clock.advance(1000);
  bus.publish(1, message('b'));
  clock.advance(0);
  assert.equal(events.at(-1), '1 stored 2');
  clock.advance(1000);
  assert.equal(clock.pending, 0, 'an idle bus sets no timer');
});

test('a flood is stored in commits of an eighth of the log, 10 ms apart, in order', (t) => {
  const { clock, events, bus } = up(t, 8000);
  for (let token = 0; token < 10; token++) bus.publish(token, message(`id${token}`, 300));
  const counts = [0, 10, 10, 10, 10].map((ms) => {
    clock.advance(ms);
    return events.length;
  });
  assert.deepEqual(counts, [3, 6, 9, 10, 10]);
  assert.deepEqual(
    events,
    Array.from({ length: 10 }, (_, token) => `${token} stored ${token + 1}`),
  );
});

test('an id that is stored already is answered as a duplicate, with the first sequence', (t) => {
  const { clock, events, bus } = up(t);
  for (const [token, id] of ['a', 'b', 'a'].entries()) bus.publish(token, message(id));
  clock.advance(0);
  bus.publish(3, message('b'));
  clock.advance(10);
  assert.deepEqual(events, ['0 stored 1', '1 stored 2', '2 duplicate 1', '3 duplicate 2']);
});

test('a message larger than the whole log is rejected for good, and its neighbours are stored', (t) => {
  const { clock, events, bus } = up(t, 1000);
  for (const [token, bytes] of [10, 1001, 10].entries()) bus.publish(token, message(`id${token}`, bytes));
  clock.advance(100);
  assert.deepEqual(events, ['0 stored 1', '1 rejected max_msg_size', '2 stored 2']);
});

test('a full disk refuses for now, says so, and the next commit that succeeds brings it up again', (t) => {
  const path = join(tempDir(t), 'bus');
  const db = openDatabase(path, 'FULL');
  const { clock, events, bus } = opened(t, (clockOfTest) =>
    embeddedBus(new Log(path, db, { maxBytes: 1e9, discard: 'old' }), clockOfTest),
  );
  db.exec('PRAGMA max_page_count = 12');
  for (const token of [0, 1]) bus.publish(token, message(`id${token}`, 100_000));
  clock.advance(0);
  assert.match(events[0] ?? '', /^refusing .*: the disk is full/);
  assert.deepEqual(events.slice(1), ['0 refused bus_refused', '1 refused bus_refused']);
  events.length = 0;
  bus.publish(0, message('id0', 100_000));
  clock.advance(10);
  assert.deepEqual(events, ['0 refused bus_refused'], 'the state is reported when it changes');
  events.length = 0;
  db.exec('PRAGMA max_page_count = 100000');
  for (const token of [0, 1]) bus.publish(token, message(`id${token}`, 100_000));
  clock.advance(10);
  assert.deepEqual(events, ['up', '0 stored 1', '1 stored 2']);
});

test('closing commits what is pending, answers it and lets go of the file; later publishes are ignored', async (t) => {
  const { clock, events, bus, dataDir } = up(t, 8000);
  for (let token = 0; token < 7; token++) bus.publish(token, message(`id${token}`, 300));
  await bus.close(1000);
  assert.equal(events.length, 7);
  assert.equal(storedIds(dataDir).length, 7);
  assert.equal(clock.pending, 0);
  bus.publish(9, message('late'));
  await bus.close(1000);
  clock.advance(1000);
  assert.equal(events.length, 7);
});

test('closing with no time left answers nothing', async (t) => {
  const { events, bus, dataDir } = up(t);
  bus.publish(0, message('a'));
  await bus.close(0);
  assert.deepEqual(events, []);
  assert.deepEqual(storedIds(dataDir), []);
});

test('a bus that is closed at once reports nothing, and one that is used at once stores', async (t) => {
  const closed = start(t);
  await closed.bus.close(1000);
  closed.clock.advance(100);
  assert.deepEqual(closed.events, []);
  const early = start(t);
  early.bus.publish(0, message('a'));
  early.clock.advance(0);
  assert.deepEqual(early.events, ['connecting', 'up', '0 stored 1']);
});

test('a file that cannot be used ends the start', (t) => {
  const dataDir = join(tempDir(t), 'missing');
  assert.throws(() => openEmbeddedBus({ dataDir, maxBytes: 1e9, clock: new VirtualClock() }), StoreError);
});

/** Opens a bus on a virtual clock; `events` collects what it reports, as short texts. */
function opened(t: TestContext, make: (clock: VirtualClock) => OpenBus) {
  const running = begin(t, make);
  running.clock.advance(0);
  running.events.length = 0;
  return running;
}

function begin(t: TestContext, make: (clock: VirtualClock) => OpenBus) {
  const clock = new VirtualClock();
  const events: string[] = [];
  const bus: Bus = make(clock)(recorder(events));
  t.after(() => bus.close(0));
  return { clock, events, bus };
}

function start(t: TestContext, maxBytes = 1e9) {
  const dataDir = tempDir(t);
  return { ...begin(t, (clock) => openEmbeddedBus({ dataDir, maxBytes, clock })), dataDir };
}

function up(t: TestContext, maxBytes = 1e9) {
  const dataDir = tempDir(t);
  return { ...opened(t, (clock) => openEmbeddedBus({ dataDir, maxBytes, clock })), dataDir };
}

function recorder(events: string[]): BusEvents {
  return {
    ...UNHEARD,
    onState: (state, error) => void events.push(error === null ? state : `${state} ${error}`),
    onOutcome(token, outcome) {
      if (outcome.kind === 'stored') {
        events.push(`${token} ${outcome.duplicate ? 'duplicate' : 'stored'} ${outcome.sequence}`);
      } else if (outcome.kind === 'refused') events.push(`${token} refused ${outcome.code}`);
      else if (outcome.kind === 'rejected') events.push(`${token} rejected ${outcome.reason}`);
      else events.push(`${token} ${outcome.kind}`);
    },
  };
}

function message(messageId: string, bytes = 5): BusMessage {
  return { messageId, subject: 's', headers: {}, body: new Uint8Array(bytes) };
}

function storedEntries(dataDir: string) {
  const reader = openLogReader(embeddedBusPath(dataDir));
  const entries = reader?.read({ after: 0, limit: 1000, subject: undefined }) ?? [];
  reader?.close();
  return entries;
}

function storedIds(dataDir: string): string[] {
  return storedEntries(dataDir).map((entry) => entry.messageId);
}
