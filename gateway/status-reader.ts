import type { Ledger } from './ledger.ts';
import type { Delivery } from './delivery.ts';
import type { Degradation } from './degradation.ts';
import { DROP_MEMORY_MS, type ChannelStatus, type ChatStatus, type Status } from './status.ts';
import type { Supervisor } from './twitch/supervisor.ts';

/** Where the numbers come from; chat is there once it is started. */
export type StatusSources = {
  readonly instance: string;
  readonly version: string;
  readonly startedAt: number;
  readonly channels: readonly string[];
  readonly delivery: Delivery;
  readonly ledger: Ledger;
  readonly chat: Supervisor | undefined;
  readonly stopping: boolean;
};

/** One look at everything, for the pages, the probes and the metrics. */
export function readStatus(sources: StatusSources): Status {
  const { instance, version, startedAt, stopping, ledger, delivery } = sources;
  const { queue } = delivery;
  const queueStatus = queue.status();
  const chat = sources.chat?.status() ?? notStarted(sources.channels);
  return {
    instance,
    version,
    startedAt,
    stopping,
    chat: stopping ? { ...chat, state: 'disconnected' } : chat,
    bus: delivery.busStatus(),
    queue: queueStatus,
    ledger: ledger.snapshot(queue.queued),
    degraded: [
      ...(sources.chat?.degraded() ?? []),
      ...delivery.degraded(),
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

function dropDegradations(lastDropAgeMs: number | null): Degradation[] {
  if (lastDropAgeMs === null || lastDropAgeMs >= DROP_MEMORY_MS) return [];
  return [
    {
      code: 'dropping',
      sentence: 'messages were lost within the last 10 s; the ledger says how many and why',
    },
  ];
}
