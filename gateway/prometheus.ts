import { collectDefaultMetrics, Counter, Gauge, Registry, type Histogram } from 'prom-client';
import { BOUNDS_MS, type Durations } from './durations.ts';
import type { Ledger } from './ledger.ts';
import type { MetricCounts, MetricSources } from './metric-counts.ts';
import { CHANNEL_STATES, type Status } from './status.ts';

const PREFIX = 'ingress_egress_';

/**
 * Names everything that Prometheus is told, and the process defaults. Each value is read when somebody asks: there is one
 * truth, and no second count to disagree with it.
 *
 * @returns the text format of Prometheus, as of each call
 */
export function expose(sources: MetricSources, counts: MetricCounts) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  exposeLedger(registry, sources.ledger);
  exposeStatus(registry, sources.readStatus);
  exposeVersion(registry, sources.version);
  exposeCounts(registry, counts);
  return async () => ({ contentType: registry.contentType, body: await registry.metrics() });
}

function exposeCounts(registry: Registry, counts: MetricCounts): void {
  const total = (name: string, help: string, label: string, read: () => Counts) =>
    scrapedBy(Counter, registry, name, help, label, read);
  const duration = (name: string, help: string, durations: Durations) =>
    exposeDurations(registry, PREFIX + name, help, durations);
  total('publish_retries_total', 'Publishes to be sent again', 'kind', () => counts.publishRetries);
  duration('publish_duration_seconds', 'From accepting a message to its ack', counts.publishDuration);
  duration('end_to_end_seconds', "From Twitch's time stamp to the ack", counts.endToEnd);
  const reordered = 'Messages stored ahead of an older one of their channel';
  scraped(Counter, registry, 'reordered_total', reordered, () => counts.reordered);
  const tokenExpiry = "When the account's token ends; 0: not known, or none is in use";
  const readExpiry = () => counts.tokenExpirySeconds;
  scraped(Gauge, registry, 'token_expiry_timestamp_seconds', tokenExpiry, readExpiry);
  const ended = 'Chat connections that ended';
  total('chat_connections_ended_total', ended, 'reason', () => counts.connectionsEnded);
  duration('chat_round_trip_seconds', 'From our PING to its PONG', counts.roundTrip);
  total('chat_gap_seconds_total', 'Time when nobody read a channel', 'reason', () => counts.gapSeconds);
  total('lines_ignored_total', 'Lines that are not chat messages', 'reason', () => counts.linesIgnored);
}

function exposeLedger(registry: Registry, ledger: Ledger): void {
  const total = (name: string, help: string, read: () => number) =>
    scraped(Counter, registry, `messages_${name}_total`, help, read);
  const totals = (name: string, help: string, label: string, read: () => Counts) =>
    scrapedBy(Counter, registry, `messages_${name}_total`, help, label, read);
  total('received', 'Chat messages received', () => ledger.received);
  total('recovered', 'Messages found in the spool at start', () => ledger.recovered);
  total('published', 'Messages stored by the bus', () => ledger.published);
  totals('duplicates', 'Messages seen before', 'where', () => ledger.duplicates);
  totals('dead_lettered', 'Messages refused for good and kept', 'reason', () => ledger.deadLettered);
  totals('dropped', 'Messages lost', 'reason', () => ledger.dropped);
}

function exposeStatus(registry: Registry, readStatus: () => Status): void {
  const gauge = (name: string, help: string, read: (status: Status) => number) =>
    scraped(Gauge, registry, name, help, () => read(readStatus()));
  const gauges = (name: string, help: string, read: (status: Status) => Counts) =>
    scrapedBy(Gauge, registry, name, help, 'state', () => read(readStatus()));
  gauges('queue_messages', 'Messages accepted and not yet settled', queuedByState);
  gauge('queue_bytes', 'Bytes of messages held in memory', ({ queue }) => queue.bytes);
  gauge('chat_connections', 'Registered chat connections', ({ chat }) => chat.connections.registered);
  gauges('channels', 'Wanted channels', channelsByState);
  gauge('bus_up', '1 while the bus takes messages', ({ bus }) => Number(bus.state === 'up'));
  gauge('chat_up', '1 while all of chat is read', ({ chat }) => Number(chat.state === 'connected'));
}

function queuedByState({ queue }: Status): Counts {
  return { waiting: queue.waiting, in_flight: queue.inFlight, spooled: queue.spooled };
}

function channelsByState({ chat }: Status): Counts {
  const count = (state: string) => chat.channels.filter((channel) => channel.state === state).length;
  return Object.fromEntries(CHANNEL_STATES.map((state) => [state, count(state)]));
}

function exposeVersion(registry: Registry, version: string): void {
  const labelNames = ['version'];
  const help = 'Always 1; the version is in the label';
  new Gauge({ name: `${PREFIX}build_info`, help, labelNames, registers: [registry] }).set({ version }, 1);
}

type Counts = Readonly<Record<string, number>>;
type Kind = typeof Counter | typeof Gauge;

/** One value, read when somebody asks. */
function scraped(Kind: Kind, registry: Registry, name: string, help: string, read: () => number): void {
  const collect = () => {
    metric.reset();
    metric.inc(read());
  };
  const metric = new Kind({ name: PREFIX + name, help, registers: [registry], collect });
}

/** One value for each value of a label, read when somebody asks. */
function scrapedBy(
  Kind: Kind,
  registry: Registry,
  name: string,
  help: string,
  label: string,
  read: () => Counts,
): void {
  const collect = () => {
    metric.reset();
    for (const [value, count] of Object.entries(read())) metric.inc({ [label]: value }, count);
  };
  const metric = new Kind({ name: PREFIX + name, help, labelNames: [label], registers: [registry], collect });
}

/** A histogram of seconds, read when somebody asks. */
function exposeDurations(registry: Registry, name: string, help: string, durations: Durations): void {
  const values = () => {
    let count = 0;
    const buckets = durations.counts.map((inBucket, index) => {
      const bound = BOUNDS_MS[index];
      const le = bound === undefined ? '+Inf' : bound / 1000;
      return { metricName: `${name}_bucket`, labels: { le }, value: (count += inBucket) };
    });
    const sum = { metricName: `${name}_sum`, labels: {}, value: durations.sumMs / 1000 };
    return [...buckets, sum, { metricName: `${name}_count`, labels: {}, value: count }];
  };
  const metric = { name, get: async () => ({ name, help, type: 'histogram', values: values() }) };
  // That is all a registry asks of a metric.
  registry.registerMetric(metric as unknown as Histogram);
}
