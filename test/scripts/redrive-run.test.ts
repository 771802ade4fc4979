import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BusMessage, Outcome } from '../../gateway/bus/bus.ts';
import { toDeadLetter, truncated } from '../../gateway/publish/dead-letter.ts';
import type { Log, LogRecord } from '../../gateway/store/log.ts';
import { LogLetters } from '../../scripts/redrive/log-letters.ts';
import { redrive, type RedriveOptions } from '../../scripts/redrive/redrive.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { DEAD_LETTERS, envelopeOf, rejectionOf } from '../gateway/publish/dead-letter-harness.ts';
import { KEEP_ALL, openAt } from '../gateway/store/log-helpers.ts';
import { tempDir } from '../gateway/store/temp-dir.ts';

const AMBIGUOUS: Outcome = { kind: 'ambiguous', error: 'no ack' };
const STORED: Outcome = { kind: 'stored', sequence: 1, duplicate: false };
const TOO_LARGE: Outcome = { kind: 'rejected', reason: 'max_payload', error: 'still too large' };

const whole = (id: string) => toDeadLetter(rejectionOf(id), DEAD_LETTERS, 0);
const cut = (id: string) => truncated(whole(id)) ?? whole(id);
const recordOf = (message: BusMessage): LogRecord => ({ ...message, time: 0, attributes: {} });

/** A local store and a bus with these letters, and a bus that stores unless `outcomes` has other plans for it. */
function start(t: TestContext, letters: { local?: BusMessage[]; onBus?: BusMessage[] }) {
  const dir = tempDir(t);
  const [local, bus] = [openAt(t, join(dir, 'local'), KEEP_ALL), openAt(t, join(dir, 'bus'), KEEP_ALL)];
  local.append((letters.local ?? []).map(recordOf));
  bus.append((letters.onBus ?? []).map(recordOf));
  const clock = new VirtualClock();
  const abort = new AbortController();
  const world: { outcome: (message: BusMessage) => Outcome } = { outcome: () => STORED };
  const sent: BusMessage[] = [];
  const left: string[] = [];
  const run = (more: Partial<RedriveOptions> = {}) =>
    redrive({
      local: new LogLetters(local, undefined),
      onBus: new LogLetters(bus, DEAD_LETTERS),
      send: async (message) => {
        sent.push(message);
        return world.outcome(message);
      },
      subject: 'internal.ingress.v1',
      reason: undefined,
      limit: Infinity,
      dryRun: false,
      clock,
      random: () => 0.5,
      signal: abort.signal,
      onLeft: (letter, why) => left.push(`${letter}: ${why}`),
      onProgress: () => undefined,
      ...more,
    });
  return { local, bus, clock, abort, world, sent, left, run };
}

const idsIn = (log: Log) =>
  log.read({ after: 0, limit: 1000, subject: undefined }).map(({ messageId }) => messageId);
const sentIds = (sent: readonly BusMessage[]) => sent.map(({ messageId }) => messageId);

test('each envelope is published in stored order, byte for byte, under its own id and headers; local ones first', async (t) => {
  const onBus = Array.from({ length: 40 }, (_, n) => `b${n}`);
  const { run, sent } = start(t, { local: [whole('l')], onBus: onBus.map(whole) });
  assert.deepEqual(await run(), { redriven: 41, skipped: 0, left: 0 });
  assert.deepEqual(sentIds(sent), ['tw:l', ...onBus.map((id) => `tw:${id}`)]);
  assert.deepEqual(sent[0], {
    messageId: 'tw:l',
    subject: 'internal.ingress.v1',
    headers: {
      'Nats-Msg-Id': 'tw:l',
      'content-type': 'application/json',
      type: 'external.chat.message.v1',
      source: 'ingress.twitch',
      correlationId: 'l',
      traceparent: '00-trace-l-trace-l-00',
    },
    body: Buffer.from(envelopeOf('l')),
  });
});

test('what is stored leaves the local store and is marked on the bus: a second run adds nothing', async (t) => {
  const { run, local, bus, sent } = start(t, { local: [whole('l')], onBus: [whole('b')] });
  await run();
  assert.deepEqual(idsIn(local), []);
  assert.deepEqual(idsIn(bus), ['dl:b']);
  assert.deepEqual(await run(), { redriven: 0, skipped: 0, left: 0 });
  assert.equal(sent.length, 2);
});

test('a letter that is local and on the bus as well counts once and is done with in both places', async (t) => {
  const { run, local, sent } = start(t, { local: [whole('a'), whole('b')], onBus: [whole('a'), cut('b')] });
  assert.deepEqual(await run(), { redriven: 2, skipped: 0, left: 0 });
  assert.deepEqual(sentIds(sent), ['tw:a', 'tw:b']);
  assert.deepEqual(idsIn(local), []);
  assert.deepEqual(await run({ local: undefined }), { redriven: 0, skipped: 0, left: 0 });
});

test('a run that dies before it saw the bus leaves the whole of a truncated letter to the next one', async (t) => {
  const { run, local, sent } = start(t, { local: [whole('a')], onBus: [cut('a')] });
  const broken = {
    next: () => Promise.reject(new Error('gone')),
    done: async () => {},
    countRest: async () => 0,
  };
  await assert.rejects(run({ onBus: broken }), /gone/);
  assert.deepEqual(idsIn(local), ['dl:a']);
  assert.deepEqual(await run(), { redriven: 0, skipped: 0, left: 0 });
  assert.deepEqual(idsIn(local), []);
  assert.equal(sent.length, 1);
  assert.deepEqual(await run({ local: undefined }), { redriven: 0, skipped: 0, left: 0 });
});

test('a truncated letter whose whole is not here stays, and says what to do', async (t) => {
  const { run, left, sent } = start(t, { onBus: [cut('a')] });
  assert.deepEqual(await run({ local: undefined }), { redriven: 0, skipped: 0, left: 1 });
  assert.match(left[0] ?? '', /^a: truncated, and the whole is not in this DATA_DIR/);
  assert.deepEqual(sent, []);
});

test('what the bus refuses for good again stays where it is, counts once, and holds up nothing', async (t) => {
  const { run, world, local, left } = start(t, {
    local: [whole('large')],
    onBus: [cut('large'), whole('good')],
  });
  world.outcome = ({ messageId }) => (messageId === 'tw:large' ? TOO_LARGE : STORED);
  assert.deepEqual(await run(), { redriven: 1, skipped: 0, left: 1 });
  assert.deepEqual(left, ['large: still too large']);
  world.outcome = () => STORED;
  assert.deepEqual(await run(), { redriven: 1, skipped: 0, left: 0 });
  assert.deepEqual(idsIn(local), []);
});

test('a body that is no letter stays and is named by its number', async (t) => {
  const { run, left } = start(t, { onBus: [{ ...whole('a'), body: Buffer.from('{"v":2}') }, whole('b')] });
  assert.deepEqual(await run(), { redriven: 1, skipped: 0, left: 1 });
  assert.deepEqual(left, ['number 1: it is not a dead letter of ours']);
});

test('--reason and --limit choose; what they leave out is there for the next run', async (t) => {
  const other = toDeadLetter(rejectionOf('other', { reason: 'bad_header' }), DEAD_LETTERS, 0);
  const { run, sent } = start(t, { onBus: [whole('a'), other, whole('b'), whole('c')] });
  assert.deepEqual(await run({ reason: 'max_payload', limit: 2 }), { redriven: 2, skipped: 1, left: 1 });
  assert.deepEqual(await run({ reason: 'bad_header' }), { redriven: 1, skipped: 1, left: 0 });
  assert.deepEqual(await run({}), { redriven: 1, skipped: 0, left: 0 });
  assert.deepEqual(sentIds(sent), ['tw:a', 'tw:b', 'tw:other', 'tw:c']);
});

test('a dry run counts as a run would, and changes nothing', async (t) => {
  const { run, sent, local } = start(t, {
    local: [whole('l')],
    onBus: [cut('l'), whole('a'), cut('b'), whole('c')],
  });
  assert.deepEqual(await run({ dryRun: true, limit: 2 }), { redriven: 2, skipped: 0, left: 2 });
  assert.deepEqual(sent, []);
  assert.deepEqual(idsIn(local), ['dl:l']);
  assert.deepEqual(await run(), { redriven: 3, skipped: 0, left: 1 });
});

test('a bus that does not answer is asked again with the same id, then the run ends and the rest is left', async (t) => {
  const all = Array.from({ length: 50 }, (_, n) => whole(`id${n}`));
  const { run, world, clock, sent, left } = start(t, { onBus: all });
  let silent = 2;
  world.outcome = ({ messageId }) => (messageId === 'tw:id0' && silent-- > 0 ? AMBIGUOUS : STORED);
  const limited = run({ limit: 1 });
  for (let n = 0; n < 2; n++) {
    await nextTurn();
    clock.advance(2000);
  }
  assert.deepEqual(await limited, { redriven: 1, skipped: 0, left: 49 });
  assert.deepEqual(sentIds(sent), ['tw:id0', 'tw:id0', 'tw:id0']);

  world.outcome = () => AMBIGUOUS;
  const hopeless = run();
  for (let n = 0; n < 3; n++) {
    await nextTurn();
    clock.advance(2000);
  }
  assert.deepEqual(await hopeless, { redriven: 0, skipped: 0, left: 49 });
  assert.equal(left.at(-1), 'id15: no ack');
  assert.equal(clock.pending, 0);
});

test('Ctrl-C ends the run after the letters that are on their way, and counts the others as left', async (t) => {
  const all = Array.from({ length: 50 }, (_, n) => whole(`id${n}`));
  const { run, world, abort, sent, local } = start(t, { local: [whole('l')], onBus: all });
  world.outcome = ({ messageId }) => {
    if (messageId === 'tw:id3') abort.abort();
    return STORED;
  };
  assert.deepEqual(await run(), { redriven: 17, skipped: 0, left: 34 });
  assert.equal(sent.length, 17);
  assert.deepEqual(idsIn(local), ['dl:l'], 'the rest of the bus was not seen');
  assert.deepEqual(await run({ signal: new AbortController().signal }), {
    redriven: 34,
    skipped: 0,
    left: 0,
  });
  assert.deepEqual(idsIn(local), []);
});
