import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readiness, startup, summary, type Check, type Readiness } from '../../../gateway/http/health.ts';
import type { ChatStatus, QueueStatus, Status } from '../../../gateway/status.ts';
import { WELL, channel } from './sample-status.ts';

const chat = (differs: Partial<ChatStatus>): Status => ({ ...WELL, chat: { ...WELL.chat, ...differs } });
const bus = (differs: Partial<Status['bus']>): Status => ({ ...WELL, bus: { ...WELL.bus, ...differs } });
const queue = (differs: Partial<QueueStatus>): Status => ({ ...WELL, queue: { ...WELL.queue, ...differs } });

const ok = (detail: string): Check => ({ ok: true, detail });
const failed = (detail: string): Check => ({ ok: false, detail });

const unsettled = (name: string) => channel(name, { state: 'joining', settled: false });
const refused = channel('gone', { state: 'refused', reason: 'msg_channel_suspended' });
const seven = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(unsettled);

const CHECKS: [behaviour: string, Status, keyof Readiness['checks'], Check][] = [
  ['chat holds when every connection is registered', WELL, 'chat', ok('1 of 1 connections registered')],
  [
    'chat holds with a spare connection, as in a planned move',
    chat({ connections: { needed: 1, registered: 2 } }),
    'chat',
    ok('2 of 1 connections registered'),
  ],
  [
    'chat fails while one connection is not registered',
    chat({ connections: { needed: 3, registered: 2 } }),
    'chat',
    failed('2 of 3 connections registered'),
  ],
  [
    'a failing chat names the last error',
    chat({ connections: { needed: 1, registered: 0 }, lastError: 'pong_timeout' }),
    'chat',
    failed('0 of 1 connections registered: pong_timeout'),
  ],
  [
    'chat fails while stopping',
    { ...WELL, stopping: true },
    'chat',
    failed('stopping: chat is left for good'),
  ],
  [
    'channels hold when every first JOIN is settled',
    WELL,
    'channels',
    ok('2 of 2 channels settled, 2 joined'),
  ],
  [
    'a channel refused by name is settled',
    chat({ channels: [channel('alpha'), refused] }),
    'channels',
    ok('2 of 2 channels settled, 1 joined'),
  ],
  [
    'a shard without channels waits for none',
    chat({ channels: [] }),
    'channels',
    ok('0 of 0 channels settled, 0 joined'),
  ],
  [
    'a channel whose JOIN is not settled is named',
    chat({ channels: [channel('alpha'), unsettled('beta'), refused] }),
    'channels',
    failed('2 of 3 channels settled: waiting for #beta'),
  ],
  [
    'many unsettled channels are counted beyond the fifth',
    chat({ channels: seven }),
    'channels',
    failed('0 of 7 channels settled: waiting for #a, #b, #c, #d, #e and 2 more'),
  ],
  ['the bus holds when up', WELL, 'bus', ok('embedded is up')],
  [
    'the bus holds when up after an error',
    bus({ lastError: 'connection refused' }),
    'bus',
    ok('embedded is up'),
  ],
  ['the bus fails while connecting', bus({ state: 'connecting' }), 'bus', failed('embedded is connecting')],
  [
    'the bus fails while down, with the error',
    bus({ driver: 'nats', state: 'down', lastError: 'connection refused' }),
    'bus',
    failed('nats is down: connection refused'),
  ],
  [
    'the bus fails while it refuses',
    bus({ driver: 'nats', state: 'refusing', lastError: 'maximum bytes exceeded' }),
    'bus',
    failed('nats is refusing: maximum bytes exceeded'),
  ],
  ['an empty queue holds', WELL, 'queue', ok('nothing queued')],
  [
    'a queue that is young enough holds',
    queue({ waiting: 7, inFlight: 4, spooled: 1, oldestAgeMs: 2999.9 }),
    'queue',
    ok('12 queued, the oldest for 2999 ms'),
  ],
  [
    'a queue whose oldest publish is 3 s old fails',
    queue({ inFlight: 1, oldestAgeMs: 3000 }),
    'queue',
    failed('1 queued, the oldest for 3000 ms; ready below 3000 ms'),
  ],
  [
    'a drop within the last 10 s fails the queue',
    queue({ lastDropAgeMs: 9999.9 }),
    'queue',
    failed('nothing queued; a message was dropped 9999 ms ago'),
  ],
  ['a drop 10 s ago is forgiven', queue({ lastDropAgeMs: 10_000 }), 'queue', ok('nothing queued')],
  [
    'an old queue that drops says both',
    queue({ waiting: 2, oldestAgeMs: 60_000, lastDropAgeMs: 0 }),
    'queue',
    failed('2 queued, the oldest for 60000 ms; ready below 3000 ms; a message was dropped 0 ms ago'),
  ],
];

suite('readiness', () => {
  for (const [behaviour, status, name, expected] of CHECKS) {
    test(behaviour, () => {
      const { status: overall, checks } = readiness(status);
      assert.deepEqual(checks[name], expected);
      assert.equal(overall, expected.ok ? 'ready' : 'not-ready');
      assert.deepEqual(Object.keys(checks), ['chat', 'channels', 'bus', 'queue']);
    });
  }

  test('one failing check leaves the other three as they are', () => {
    const { checks } = readiness(bus({ state: 'down' }));
    assert.deepEqual(
      Object.values(checks).map((check) => check.ok),
      [true, true, false, true],
    );
  });
});

suite('startup', () => {
  const joining = chat({ channels: [channel('alpha'), unsettled('beta')] });
  const waiting = '1 of 2 channels settled: waiting for #beta';
  const settled = '2 of 2 channels settled, 2 joined';

  const STARTS: [behaviour: string, Status, uptimeMs: number, expected: ReturnType<typeof startup>][] = [
    ['waits for the first JOINs', joining, 59_999, { status: 'starting', detail: waiting }],
    ['is over after 60 s all the same', joining, 60_000, { status: 'started', detail: waiting }],
    ['is over once every first JOIN is settled', WELL, 0, { status: 'started', detail: settled }],
    ['never looks at the bus', bus({ state: 'down' }), 0, { status: 'started', detail: settled }],
  ];
  for (const [behaviour, status, uptimeMs, expected] of STARTS) {
    test(behaviour, () => assert.deepEqual(startup(status, uptimeMs), expected));
  }
});

suite('summary', () => {
  test('shows a gateway that is well at one look', () => {
    assert.deepEqual(summary(WELL, 61_999), {
      status: 'ok',
      degraded: [],
      chat: 'connected',
      bus: 'up',
      channels: { wanted: 2, joined: 2 },
      ledger: WELL.ledger,
      instance: 'bridge-1',
      version: '0.1.0',
      uptimeSeconds: 61,
    });
  });

  test('names each reason for being degraded', () => {
    const { status, degraded } = summary(
      {
        ...WELL,
        degraded: [
          { code: 'anonymous', sentence: 'no token: reading anonymously' },
          { code: 'ghost_channels', sentence: '#gone does not exist' },
        ],
      },
      0,
    );
    assert.equal(status, 'degraded');
    assert.deepEqual(degraded, [
      'anonymous: no token: reading anonymously',
      'ghost_channels: #gone does not exist',
    ]);
  });
});
