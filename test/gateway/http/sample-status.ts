import type { ChannelStatus, Status } from '../../../gateway/status.ts';

export const STARTED_AT = Date.UTC(2026, 10, 23, 10, 15, 30, 123);

/** A gateway that is well: two channels joined, 42 messages stored, nothing queued. */
export const WELL: Status = {
  instance: 'bridge-1',
  version: '0.1.0',
  startedAt: STARTED_AT,
  stopping: false,
  chat: {
    state: 'connected',
    identity: 'the_bot',
    connections: { needed: 1, registered: 1 },
    channels: [channel('alpha'), channel('beta')],
    lastMessageAt: STARTED_AT + 60_000,
    lastReconnectAt: null,
    reconnects: 0,
    lastError: null,
  },
  bus: { driver: 'embedded', state: 'up', lastError: null },
  queue: { waiting: 0, inFlight: 0, spooled: 0, bytes: 0, oldestAgeMs: 0, lastDropAgeMs: null },
  ledger: {
    received: 43,
    recovered: 0,
    published: 42,
    duplicates: 1,
    queued: 0,
    deadLettered: 0,
    dropped: 0,
  },
  degraded: [],
};

/** A channel that is joined, with what differs. */
export function channel(name: string, differs: Partial<ChannelStatus> = {}): ChannelStatus {
  return {
    channel: name,
    state: 'joined',
    reason: null,
    since: STARTED_AT + 1_000,
    lastMessageAt: STARTED_AT + 60_000,
    settled: true,
    gaps: [],
    ...differs,
  };
}
