import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from '../../gateway/ledger.ts';
import { createMetrics } from '../../gateway/metrics.ts';
import { IGNORED_REASONS } from '../../gateway/twitch/connection.ts';
import { ENDINGS } from '../../gateway/twitch/endings.ts';
import { GAP_REASONS } from '../../gateway/twitch/gap-log.ts';
import type { ChannelState, ChannelStatus, Status } from '../../gateway/status.ts';

function channel(name: string, state: ChannelState): ChannelStatus {
  return { channel: name, state, reason: null, since: null, lastMessageAt: null, settled: false, gaps: [] };
}

function statusOf(ledger: Ledger, changes: Partial<Status> = {}): Status {
  return {
    instance: 'i',
    version: '1.2.3',
    startedAt: 0,
    stopping: false,
    chat: {
      state: 'connecting',
      identity: 'anonymous',
      connections: { needed: 1, registered: 0 },
      channels: [],
      lastMessageAt: null,
      lastReconnectAt: null,
      reconnects: 0,
      lastError: null,
    },
    bus: { driver: 'embedded', state: 'connecting', lastError: null },
    queue: { waiting: 0, inFlight: 0, spooled: 0, bytes: 0, oldestAgeMs: 0, lastDropAgeMs: null },
    ledger: ledger.snapshot(0),
    degraded: [],
    ...changes,
  };
}

function setUp(changes: Partial<Status> = {}) {
  const ledger = new Ledger();
  const readStatus = () => statusOf(ledger, changes);
  return { ledger, metrics: createMetrics({ readStatus, ledger, version: '1.2.3' }) };
}

/** What is exposed under our prefix, by name and labels, without it. */
async function samples(metrics: ReturnType<typeof createMetrics>): Promise<Record<string, number>> {
  const { body } = await metrics.read();
  const lines = body.split('\n').filter((line) => line.startsWith('ingress_egress_'));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = '', value] = /^ingress_egress_(.+) (\S+)$/.exec(line) ?? [];
      return [name, Number(value)];
    }),
  );
}

const AT_START = `
messages_received_total
messages_recovered_total
messages_published_total
messages_duplicates_total{where="gateway"}
messages_duplicates_total{where="bus"}
messages_dead_lettered_total{reason="max_payload"}
messages_dead_lettered_total{reason="max_msg_size"}
messages_dead_lettered_total{reason="bad_header"}
messages_dead_lettered_total{reason="unknown_error"}
messages_dropped_total{reason="queue_full"}
messages_dropped_total{reason="spool_full"}
messages_dropped_total{reason="shutdown"}
messages_dropped_total{reason="deadletter_store"}
queue_messages{state="waiting"}
queue_messages{state="in_flight"}
queue_messages{state="spooled"}
queue_bytes
publish_retries_total{kind="ambiguous"}
publish_retries_total{kind="refused"}
publish_retries_total{kind="unknown"}
publish_duration_seconds_count
publish_duration_seconds_bucket{le="0.001"}
publish_duration_seconds_bucket{le="60"}
publish_duration_seconds_bucket{le="+Inf"}
end_to_end_seconds_count
reordered_total
chat_connections
chat_round_trip_seconds_count
channels{state="joined"}
channels{state="joining"}
channels{state="refused"}
channels{state="parted"}
bus_up
chat_up`;

test('every metric with every known label is there, at 0, from the start', async () => {
  const { metrics } = setUp();
  const exposed = await samples(metrics);
  const names = [
    ...AT_START.trim().split('\n'),
    ...ENDINGS.map((reason) => `chat_connections_ended_total{reason="${reason}"}`),
    ...GAP_REASONS.map((reason) => `chat_gap_seconds_total{reason="${reason}"}`),
    ...IGNORED_REASONS.map((reason) => `lines_ignored_total{reason="${reason}"}`),
  ];
  for (const name of names) assert.equal(exposed[name], 0, name);
  assert.equal(exposed['build_info{version="1.2.3"}'], 1);
});

test('the process defaults are there, and the text is in the format of Prometheus', async () => {
  const { metrics } = setUp();
  const { contentType, body } = await metrics.read();
  assert.equal(contentType, 'text/plain; version=0.0.4; charset=utf-8');
  assert.match(body, /^process_cpu_seconds_total /m);
  assert.match(body, /^# TYPE ingress_egress_messages_received_total counter$/m);
  assert.match(body, /^# TYPE ingress_egress_queue_bytes gauge$/m);
});

test('the counters of messages are those of the ledger, whenever they are read', async () => {
  const { ledger, metrics } = setUp();
  for (const round of [1, 2]) {
    ledger.received += 20;
    ledger.recovered += 1;
    ledger.published += 10;
    ledger.duplicates.gateway += 2;
    ledger.duplicates.bus += 3;
    ledger.deadLettered.bad_header += 4;
    ledger.dropped.queue_full += 2;
    const exposed = await samples(metrics);
    assert.equal(exposed['messages_received_total'], 20 * round);
    assert.equal(exposed['messages_recovered_total'], 1 * round);
    assert.equal(exposed['messages_published_total'], 10 * round);
    assert.equal(exposed['messages_duplicates_total{where="gateway"}'], 2 * round);
    assert.equal(exposed['messages_duplicates_total{where="bus"}'], 3 * round);
    assert.equal(exposed['messages_dead_lettered_total{reason="bad_header"}'], 4 * round);
    assert.equal(exposed['messages_dropped_total{reason="queue_full"}'], 2 * round);
  }
});

test('the gauges are those of the status', async () => {
  const base = statusOf(new Ledger());
  const { metrics } = setUp({
    chat: {
      ...base.chat,
      state: 'connected',
      connections: { needed: 2, registered: 2 },
      channels: [channel('a', 'joined'), channel('b', 'joined'), channel('c', 'refused')],
    },
    bus: { ...base.bus, state: 'up' },
    queue: { ...base.queue, waiting: 5, inFlight: 6, spooled: 7, bytes: 800 },
  });
  const exposed = await samples(metrics);
  const expected = {
    'queue_messages{state="waiting"}': 5,
    'queue_messages{state="in_flight"}': 6,
    'queue_messages{state="spooled"}': 7,
    queue_bytes: 800,
    chat_connections: 2,
    'channels{state="joined"}': 2,
    'channels{state="joining"}': 0,
    'channels{state="refused"}': 1,
    bus_up: 1,
    chat_up: 1,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(exposed[name], value, name);
});

test('a bus that refuses is not up, and a chat that lost a connection is not either', async () => {
  const base = statusOf(new Ledger());
  const { metrics } = setUp({
    chat: { ...base.chat, state: 'reconnecting' },
    bus: { ...base.bus, state: 'refusing' },
  });
  const { bus_up, chat_up } = await samples(metrics);
  assert.deepEqual({ bus_up, chat_up }, { bus_up: 0, chat_up: 0 });
});

test('durations are given in milliseconds and told in seconds; less than none counts as none', async () => {
  const { metrics } = setUp();
  metrics.publishDuration(2);
  metrics.publishDuration(90_000);
  metrics.endToEnd(-50);
  const exposed = await samples(metrics);
  assert.equal(exposed['publish_duration_seconds_bucket{le="0.001"}'], 0);
  assert.equal(exposed['publish_duration_seconds_bucket{le="0.0025"}'], 1);
  assert.equal(exposed['publish_duration_seconds_bucket{le="60"}'], 1);
  assert.equal(exposed['publish_duration_seconds_bucket{le="+Inf"}'], 2);
  assert.equal(exposed['publish_duration_seconds_sum'], 90.002);
  assert.equal(exposed['end_to_end_seconds_bucket{le="0.001"}'], 1);
  assert.equal(exposed['end_to_end_seconds_sum'], 0);
});

test('two sets of metrics in one process do not know each other', async () => {
  const [one, other] = [setUp().metrics, setUp().metrics];
  one.reordered(3);
  assert.equal((await samples(one))['reordered_total'], 3);
  assert.equal((await samples(other))['reordered_total'], 0);
});
