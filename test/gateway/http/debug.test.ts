import assert from 'node:assert/strict';
import { test } from 'node:test';
import { debugSnapshot } from '../../../gateway/http/debug.ts';
import type { Status } from '../../../gateway/status.ts';
import { STARTED_AT, WELL, channel } from './sample-status.ts';

const gaps = [
  { from: STARTED_AT, to: STARTED_AT + 14_000, reason: 'pong_timeout' },
  { from: STARTED_AT + 60_000, to: null, reason: 'refused' },
];

const TROUBLED: Status = {
  ...WELL,
  chat: {
    ...WELL.chat,
    state: 'reconnecting',
    channels: [
      channel('alpha'),
      channel('gone', { state: 'refused', reason: 'msg_banned', lastMessageAt: null, gaps }),
    ],
    lastReconnectAt: STARTED_AT + 14_000,
    reconnects: 3,
    lastError: 'pong_timeout',
  },
  bus: { driver: 'nats', state: 'refusing', lastError: 'maximum bytes exceeded' },
  queue: { waiting: 5, inFlight: 2, spooled: 1, bytes: 4096, oldestAgeMs: 1234.56, lastDropAgeMs: 10 },
  ledger: {
    received: 9,
    recovered: 2,
    published: 1,
    duplicates: 1,
    queued: 8,
    deadLettered: 1,
    dropped: 0,
  },
  degraded: [{ code: 'stream_full', sentence: 'raise max_bytes of the stream INGRESS' }],
};

test('the debug snapshot has the promised fields and no others, in the promised forms', () => {
  assert.deepEqual(debugSnapshot(TROUBLED), {
    state: 'reconnecting',
    identity: 'the_bot',
    degraded: ['stream_full: raise max_bytes of the stream INGRESS'],
    channels: [
      {
        channel: 'alpha',
        state: 'joined',
        reason: null,
        since: '2026-11-23T10:15:31.123Z',
        lastMessageAt: '2026-11-23T10:16:30.123Z',
        gaps: [],
      },
      {
        channel: 'gone',
        state: 'refused',
        reason: 'msg_banned',
        since: '2026-11-23T10:15:31.123Z',
        lastMessageAt: null,
        gaps: [
          { from: '2026-11-23T10:15:30.123Z', to: '2026-11-23T10:15:44.123Z', reason: 'pong_timeout' },
          { from: '2026-11-23T10:16:30.123Z', to: null, reason: 'refused' },
        ],
      },
    ],
    joinedChannels: ['alpha'],
    lastMessageAt: '2026-11-23T10:16:30.123Z',
    lastReconnectAt: '2026-11-23T10:15:44.123Z',
    reconnects: 3,
    lastError: 'pong_timeout',
    bus: { driver: 'nats', state: 'refusing', lastError: 'maximum bytes exceeded' },
    queue: { waiting: 5, inFlight: 2, spooled: 1, bytes: 4096, oldestAgeMs: 1234 },
    ledger: {
      received: 9,
      recovered: 2,
      published: 1,
      duplicates: 1,
      queued: 8,
      deadLettered: 1,
      dropped: 0,
    },
    instance: 'bridge-1',
    startedAt: '2026-11-23T10:15:30.123Z',
    version: '0.1.0',
  });
});

test('the debug snapshot says null for what is not known yet', () => {
  const fresh = channel('alpha', { state: 'joining', since: null, lastMessageAt: null, settled: false });
  const { channels, lastMessageAt, lastReconnectAt, lastError, bus } = debugSnapshot({
    ...WELL,
    chat: { ...WELL.chat, channels: [fresh], lastMessageAt: null },
  });
  assert.deepEqual(channels, [
    { channel: 'alpha', state: 'joining', reason: null, since: null, lastMessageAt: null, gaps: [] },
  ]);
  assert.deepEqual([lastMessageAt, lastReconnectAt, lastError, bus.lastError], [null, null, null, null]);
});
