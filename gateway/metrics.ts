import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Ledger } from './ledger.ts';
import { FAILURE_KINDS } from './publish/queue-options.ts';
import { CHANNEL_STATES, type Status } from './status.ts';
import { IGNORED_REASONS } from './twitch/connection.ts';
import { ENDINGS } from './twitch/endings.ts';
import { GAP_REASONS } from './twitch/gap-log.ts';

const PREFIX = 'ingress_egress_';

/** 1 ms … 60 s: from an idle bus on this machine to an outage that somebody is repairing. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * Everything that Prometheus is told. What the ledger and the status count already is read from them when somebody
 * asks: there is one truth, and the way of a message costs nothing. The rest is counted here, by the telemetry.
 */
export function createMetrics(options: {
  readonly readStatus: () => Status;
  readonly ledger: Ledger;
  readonly version: string;
}) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  exposeLedger(registry, options.ledger);
  exposeStatus(registry, options.readStatus);
  exposeVersion(registry, options.version);
  return {
    ...countedHere(registry),
    /** In the text format of Prometheus. */
    read: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

function countedHere(registry: Registry) {
  const reordered = new Counter({
    name: `${PREFIX}reordered_total`,
    help: 'Messages stored ahead of an older one of their channel',
    registers: [registry],
  });
  const tokenExpiry = new Gauge({
    name: `${PREFIX}token_expiry_timestamp_seconds`,
    help: "When the account's token ends; 0: not known, or none is in use",
    registers: [registry],
  });
  const by = <V extends string>(name: string, help: string, label: string, values: readonly V[]) =>
    labelledCounter(registry, name, help, label, values);
  const duration = (name: string, help: string) => durations(registry, name, help);
  return {
    publishFailed: by('publish_retries_total', 'Publishes to be sent again', 'kind', FAILURE_KINDS),
    publishDuration: duration('publish_duration_seconds', 'From accepting a message to its ack'),
    endToEnd: duration('end_to_end_seconds', "From Twitch's time stamp to the ack"),
    reordered: (count: number) => reordered.inc(count),
    tokenExpiry: (seconds: number) => tokenExpiry.set(seconds),
    connectionEnded: by('chat_connections_ended_total', 'Chat connections that ended', 'reason', ENDINGS),
    roundTrip: duration('chat_round_trip_seconds', 'From our PING to its PONG'),
    gapSeconds: by('chat_gap_seconds_total', 'Time when nobody read a channel', 'reason', GAP_REASONS),
    lineIgnored: by('lines_ignored_total', 'Lines that are no chat message', 'reason', IGNORED_REASONS),
  };
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

/** A counter with one label, each known value of which is there, at 0, from the start. */
function labelledCounter<V extends string>(
  registry: Registry,
  name: string,
  help: string,
  label: string,
  values: readonly V[],
): (value: V, amount?: number) => void {
  const metric = new Counter({ name: PREFIX + name, help, labelNames: [label], registers: [registry] });
  const count = (value: V, amount = 1) => metric.inc({ [label]: value }, Math.max(0, amount));
  for (const value of values) count(value, 0);
  return count;
}

/** Takes milliseconds; less than none, as between two clocks that disagree, counts as none. */
function durations(registry: Registry, name: string, help: string): (ms: number) => void {
  const metric = new Histogram({ name: PREFIX + name, help, buckets: SECONDS, registers: [registry] });
  return (ms) => metric.observe(Math.max(0, ms) / 1000);
}
