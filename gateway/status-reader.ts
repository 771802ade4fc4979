import type { BusState } from './bus/bus.ts';
import type { Ledger } from './ledger.ts';
import type { PublishQueue } from './publish/publish-queue.ts';
import type { BusStatus, ChannelStatus, ChatStatus, Degradation, Status } from './status.ts';
import type { Supervisor } from './twitch/supervisor.ts';

/** How long a drop is told after it happened. */
const DROP_MEMORY_MS = 10_000;

/** Where the numbers come from; chat is there once it is started. */
export type StatusSources = {
  readonly instance: string;
  readonly version: string;
  readonly startedAt: number;
  readonly channels: readonly string[];
  readonly queue: PublishQueue;
  readonly ledger: Ledger;
  readonly bus: BusStatus;
  readonly chat: Supervisor | undefined;
  readonly stopping: boolean;
};

/** One look at everything, for the pages, the probes and the metrics. */
export function readStatus(sources: StatusSources): Status {
  const { instance, version, startedAt, stopping, queue, ledger, bus } = sources;
  const queueStatus = queue.status();
  const chat = sources.chat?.status() ?? notStarted(sources.channels);
  return {
    instance,
    version,
    startedAt,
    stopping,
    chat: stopping ? { ...chat, state: 'disconnected' } : chat,
    bus,
    queue: queueStatus,
    ledger: ledger.snapshot(queue.queued),
    degraded: [
      ...(sources.chat?.degraded() ?? []),
      ...busDegradations(bus),
      ...dropDegradations(queueStatus.lastDropAgeMs),
    ],
  };
}

function notStarted(channels: readonly string[]): ChatStatus {
  return {
    state: 'connecting',
    identity: 'anonymous',
    connections: { needed: 1, registered: 0 },
    channels: channels.toSorted().map(waiting),
    lastMessageAt: null,
    lastReconnectAt: null,
    reconnects: 0,
    lastError: null,
  };
}

function waiting(channel: string): ChannelStatus {
  return {
    channel,
    state: 'joining',
    reason: null,
    since: null,
    lastMessageAt: null,
    settled: false,
    gaps: [],
  };
}

const TROUBLE: Readonly<Partial<Record<BusState, string>>> = {
  down: 'the bus cannot be reached; messages are kept and sent when it is back',
  refusing: 'the bus does not store messages; they are kept and sent again',
};

function busDegradations({ state, lastError }: BusStatus): Degradation[] {
  const trouble = TROUBLE[state];
  if (trouble === undefined) return [];
  return [{ code: 'bus_down', sentence: lastError === null ? trouble : `${trouble} (${lastError})` }];
}

function dropDegradations(lastDropAgeMs: number | null): Degradation[] {
  if (lastDropAgeMs === null || lastDropAgeMs >= DROP_MEMORY_MS) return [];
  return [
    {
      code: 'dropping',
      sentence: 'messages were lost within the last 10 s; the ledger says how many and why',
    },
  ];
}
