import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BusMessage, Outcome } from '../../gateway/bus/bus.ts';
import { UNHEARD } from './bus-events.ts';
import { FakeBus } from './fake-bus.ts';
import { VirtualClock } from './virtual-clock.ts';

const message = (messageId: string): BusMessage => ({
  messageId,
  subject: 'internal.ingress.v1',
  headers: {},
  body: Buffer.from(messageId),
});
const stored = (sequence: number, duplicate = false): Outcome => ({ kind: 'stored', sequence, duplicate });
const LOST: Outcome = { kind: 'ambiguous', error: 'lost' };

function setUp(latencyMs: number | 'by hand') {
  const clock = new VirtualClock();
  const bus = new FakeBus(clock, latencyMs);
  const heard: unknown[] = [];
  bus.open({
    ...UNHEARD,
    onOutcome: (token, outcome) => heard.push([token, outcome]),
    onState: (state) => heard.push(state),
  });
  bus.link('up');
  heard.length = 0;
  return { clock, bus, heard };
}

test('it reports connecting when opened, then what the test says', () => {
  const bus = new FakeBus(new VirtualClock(), 1);
  const heard: unknown[] = [];
  bus.open({ ...UNHEARD, onState: (state, error) => heard.push([state, error]) });
  bus.link('up');
  bus.link('down', 'gone');
  assert.deepEqual(heard, [
    ['connecting', null],
    ['up', null],
    ['down', 'gone'],
  ]);
});

test('it stores each id once, and answers after its latency', () => {
  const { clock, bus, heard } = setUp(5);
  bus.publish(1, message('a'));
  bus.publish(2, message('b'));
  bus.publish(3, message('a'));
  clock.advance(4);
  assert.deepEqual(heard, []);
  clock.advance(1);
  assert.deepEqual(heard, [
    [1, stored(1)],
    [2, stored(2)],
    [3, stored(1, true)],
  ]);
  assert.deepEqual(bus.stored, [message('a'), message('b')]);
  assert.deepEqual(
    bus.sent.map(({ token, at }) => [token, at]),
    [
      [1, 0],
      [2, 0],
      [3, 0],
    ],
  );
});

test('by hand, answers come in order and only when asked for', () => {
  const { clock, bus, heard } = setUp('by hand');
  for (const token of [1, 2, 3]) bus.publish(token, message(`m${token}`));
  clock.advance(1000);
  assert.deepEqual(heard, []);
  assert.equal(bus.answer(1), 1);
  assert.deepEqual(heard, [[1, stored(1)]]);
  assert.equal(bus.answer(), 2);
  assert.equal(bus.answer(), 0);
  assert.deepEqual(heard.slice(1), [
    [2, stored(2)],
    [3, stored(3)],
  ]);
});

test('scripted failures come first; with the ack alone lost, the repetition is a duplicate', () => {
  const { bus, heard } = setUp('by hand');
  bus.failNext(1, LOST);
  bus.failNext(1, LOST, true);
  bus.failNext(1, 'silence');
  for (const id of ['never-arrived', 'ack-lost', 'silent', 'never-arrived', 'ack-lost', 'silent']) {
    bus.publish(bus.sent.length, message(id));
  }
  bus.answer();
  assert.deepEqual(heard, [
    [0, LOST],
    [1, LOST],
    [3, stored(2)],
    [4, stored(1, true)],
    [5, stored(3)],
  ]);
});

test('a failure can stick to certain messages, until the bus is healed', () => {
  const { bus, heard } = setUp('by hand');
  const tooLarge: Outcome = { kind: 'rejected', reason: 'max_payload', error: 'too large' };
  bus.failWhen(({ messageId }) => messageId === 'big', tooLarge);
  for (const id of ['big', 'small', 'big']) bus.publish(bus.sent.length, message(id));
  bus.heal();
  bus.publish(3, message('big'));
  bus.answer();
  assert.deepEqual(heard, [
    [0, tooLarge],
    [1, stored(1)],
    [2, tooLarge],
    [3, stored(2)],
  ]);
});

for (const latencyMs of [5, 'by hand'] as const) {
  test(`a lost link takes the outstanding answers with it (latency ${latencyMs})`, () => {
    const { clock, bus, heard } = setUp(latencyMs);
    bus.publish(1, message('a'));
    bus.link('down');
    bus.link('up');
    clock.advance(10);
    assert.equal(bus.answer(), 0);
    assert.deepEqual(heard, ['down', 'up']);
    assert.equal(bus.stored.length, 1);
  });
}

test('whoever publishes without a link, or after the end, hears of it', async () => {
  const { bus } = setUp(1);
  bus.link('down');
  assert.throws(() => bus.publish(1, message('a')), /published while the bus was down/);
  bus.link('up');
  await bus.close();
  assert.throws(() => bus.publish(1, message('a')), /published while the bus was closed/);
});
