import type { Chat } from './chat.ts';
import type { Ledger } from './ledger.ts';
import type { Delivery } from './delivery.ts';
import type { Degradation } from './degradation.ts';
import { DROP_MEMORY_MS, type Status } from './status.ts';

/** Where the numbers come from. */
export type StatusSources = {
  readonly instance: string;
  readonly version: string;
  readonly startedAt: number;
  readonly delivery: Delivery;
  readonly ledger: Ledger;
  readonly chat: Chat;
  readonly stopping: boolean;
};

/** One look at everything, for the pages, the probes and the metrics. */
export function readStatus(sources: StatusSources): Status {
  const { instance, version, startedAt, stopping, ledger, delivery } = sources;
  const { queue } = delivery;
  const queueStatus = queue.status();
  const chat = sources.chat.status();
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
      ...sources.chat.degraded(),
      ...delivery.degraded(),
      ...dropDegradations(queueStatus.lastDropAgeMs),
    ],
  };
}

function dropDegradations(lastDropAgeMs: number | null): Degradation[] {
  if (lastDropAgeMs === null || lastDropAgeMs >= DROP_MEMORY_MS) return [];
  return [
    {
      code: 'dropping',
      sentence: 'messages were lost within the last 10 s; the ledger says how many, the log says why',
    },
  ];
}
