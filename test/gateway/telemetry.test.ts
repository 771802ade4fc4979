import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from '../../gateway/ledger.ts';
import type { Logger, LogLevel } from '../../gateway/logger.ts';
import type { Metrics } from '../../gateway/metrics.ts';
import { createTelemetry } from '../../gateway/telemetry.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';

type Line = {
  level: LogLevel | `always ${LogLevel}`;
  message: string;
  fields: Readonly<Record<string, unknown>>;
};

/** Telemetry whose lines and moved metrics are kept, in order. */
function setUp() {
  const lines: Line[] = [];
  const moved: unknown[][] = [];
  const clock = new VirtualClock();
  const write =
    (level: Line['level']): Logger[LogLevel] =>
    (fields, message) =>
      lines.push({ level, message, fields });
  const logger: Logger = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    always: {
      debug: write('always debug'),
      info: write('always info'),
      warn: write('always warn'),
      error: write('always error'),
    },
  };
  const move =
    (name: string) =>
    (...values: unknown[]) =>
      moved.push([name, ...values]);
  const metrics: Metrics = {
    publishFailed: move('publishFailed'),
    publishDuration: move('publishDuration'),
    endToEnd: move('endToEnd'),
    reordered: move('reordered'),
    connectionEnded: move('connectionEnded'),
    roundTrip: move('roundTrip'),
    gapSeconds: move('gapSeconds'),
    lineIgnored: move('lineIgnored'),
    tokenExpiry: move('tokenExpiry'),
    read: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', body: '' }),
  };
  return { telemetry: createTelemetry({ logger, metrics, clock }), lines, moved, clock };
}

test('the end is told in one line, "stopped", with the final ledger, at every level', () => {
  const { telemetry, lines } = setUp();
  const ledger = new Ledger().snapshot(0);
  telemetry.process.stopped(ledger, 0);
  telemetry.process.stopped(ledger, 2);
  assert.deepEqual(lines, [
    { level: 'always info', message: 'stopped', fields: { ledger, dropped: 0 } },
    { level: 'always warn', message: 'stopped', fields: { ledger, dropped: 2 } },
  ]);
});

test('a publish that fails is told with message id, channel, attempt and kind, and counted by kind', () => {
  const { telemetry, lines, moved } = setUp();
  const failure = {
    messageId: 'tw:1',
    channel: 'a',
    attempt: 3,
    kind: 'refused',
    error: 'full',
    retryInMs: 250,
  } as const;
  telemetry.queue.publishFailed(failure);
  assert.deepEqual(lines, [{ level: 'warn', message: 'publish failed', fields: failure }]);
  assert.deepEqual(moved, [['publishFailed', 'refused']]);
});

test('what was stored moves the histograms and writes no line', () => {
  const { telemetry, lines, moved } = setUp();
  telemetry.queue.stored(12, 345);
  telemetry.queue.stored(13, undefined);
  assert.deepEqual(moved, [
    ['publishDuration', 12],
    ['endToEnd', 345],
    ['publishDuration', 13],
  ]);
  assert.deepEqual(lines, []);
});

test('losses are told at most once a second for each reason, with how many since', () => {
  const { telemetry, lines, clock } = setUp();
  telemetry.queue.dropped('queue_full', 1);
  telemetry.queue.dropped('queue_full', 1);
  telemetry.queue.dropped('shutdown', 7);
  clock.advance(999);
  telemetry.queue.dropped('queue_full', 1);
  clock.advance(1);
  telemetry.queue.dropped('queue_full', 1);
  assert.deepEqual(
    lines.map(({ fields }) => fields),
    [
      { reason: 'queue_full', count: 1 },
      { reason: 'shutdown', count: 7 },
      { reason: 'queue_full', count: 3 },
    ],
  );
});

test('a changed order is counted each time and told at most once a second', () => {
  const { telemetry, lines, moved } = setUp();
  telemetry.queue.reordered(2);
  telemetry.queue.reordered(3);
  assert.deepEqual(moved, [
    ['reordered', 2],
    ['reordered', 3],
  ]);
  assert.deepEqual(lines, [{ level: 'warn', message: 'messages stored out of order', fields: { count: 2 } }]);
});

test('a dead letter is told with its reason and without its text', () => {
  const { telemetry, lines } = setUp();
  const body = Buffer.from('chat text');
  const message = { messageId: 'tw:1', subject: 's', headers: {}, body };
  const queued = { message, channel: 'a', bytes: 9, saidAt: undefined };
  telemetry.deadLetters.kept({ queued, reason: 'max_payload', error: 'too large', attempts: 1 });
  const fields = {
    messageId: 'tw:1',
    channel: 'a',
    reason: 'max_payload',
    attempts: 1,
    error: 'too large',
  };
  assert.deepEqual(lines, [{ level: 'error', message: 'message dead-lettered', fields }]);
});

test('a connection that ends is counted; an expected ending is no warning', () => {
  const { telemetry, lines, moved } = setUp();
  telemetry.chat.connectionEnded('ping_timeout', 'silent', 1000);
  telemetry.chat.connectionEnded('reconnect_requested', 'the server said so', 0);
  telemetry.chat.connectionEnded('stopped', 'we left', null);
  assert.deepEqual(
    lines.map(({ level }) => level),
    ['warn', 'info', 'info'],
  );
  assert.deepEqual(lines[0]?.fields, { reason: 'ping_timeout', detail: 'silent', retryInMs: 1000 });
  assert.equal(moved.length, 3);
});

test('a gap is told in ISO 8601 and counted in seconds, never backwards', () => {
  const { telemetry, lines, moved } = setUp();
  telemetry.chat.gapClosed('a', { from: 1000, to: 3500, reason: 'closed' });
  telemetry.chat.gapClosed('a', { from: 3500, to: 1000, reason: 'closed' });
  assert.deepEqual(lines[0]?.fields, {
    channel: 'a',
    reason: 'closed',
    from: '1970-01-01T00:00:01.000Z',
    to: '1970-01-01T00:00:03.500Z',
    seconds: 2.5,
  });
  assert.deepEqual(moved, [
    ['gapSeconds', 'closed', 2.5],
    ['gapSeconds', 'closed', 0],
  ]);
});

test('a bus that reports the same state and error again is told once', () => {
  const { telemetry, lines } = setUp();
  telemetry.bus.stateChanged('connecting', null);
  telemetry.bus.stateChanged('down', 'refused');
  telemetry.bus.stateChanged('down', 'refused');
  telemetry.bus.stateChanged('down', 'unreachable');
  telemetry.bus.stateChanged('up', null);
  assert.deepEqual(
    lines.map(({ level, message }) => [level, message]),
    [
      ['info', 'bus: connecting'],
      ['warn', 'bus: down'],
      ['warn', 'bus: down'],
      ['info', 'bus: up'],
    ],
  );
});

test('what happens to the token is told with kind and status; when it ends is a metric in seconds', () => {
  const { telemetry, lines, moved } = setUp();
  telemetry.credentials.refreshFailed({ kind: 'busy', status: 503 });
  telemetry.credentials.tokenRefreshed(Date.UTC(2026, 0, 1));
  telemetry.credentials.needsPerson('sign in again: npm run authorize');
  telemetry.credentials.tokenInUse(1_500_000);
  telemetry.credentials.tokenInUse(null);
  assert.deepEqual(lines, [
    { level: 'warn', message: 'token: could not be refreshed', fields: { kind: 'busy', status: 503 } },
    { level: 'info', message: 'token: refreshed', fields: { expiresAt: '2026-01-01T00:00:00.000Z' } },
    {
      level: 'error',
      message: 'token: a person must act',
      fields: { problem: 'sign in again: npm run authorize' },
    },
  ]);
  assert.deepEqual(moved, [
    ['tokenExpiry', 1500],
    ['tokenExpiry', 0],
  ]);
});
