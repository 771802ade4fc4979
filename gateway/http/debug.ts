import type { ChannelStatus, Gap, Status } from '../status.ts';
import { degradedReasons } from './health.ts';

/**
 * The snapshot behind `/_debug/twitch`: numbers, names and reasons, never chat text and never a secret.
 * Times are ISO 8601 in UTC; what is not known yet is null.
 */
export function debugSnapshot(status: Status) {
  const { chat, bus, queue } = status;
  return {
    state: chat.state,
    identity: chat.identity,
    degraded: degradedReasons(status),
    channels: chat.channels.map(channelSnapshot),
    joinedChannels: chat.channels.filter(({ state }) => state === 'joined').map(({ channel }) => channel),
    lastMessageAt: iso(chat.lastMessageAt),
    lastReconnectAt: iso(chat.lastReconnectAt),
    reconnects: chat.reconnects,
    lastError: chat.lastError,
    bus: { driver: bus.driver, state: bus.state, lastError: bus.lastError },
    queue: {
      waiting: queue.waiting,
      inFlight: queue.inFlight,
      spooled: queue.spooled,
      bytes: queue.bytes,
      oldestAgeMs: Math.floor(queue.oldestAgeMs),
    },
    ledger: status.ledger,
    instance: status.instance,
    startedAt: iso(status.startedAt),
    version: status.version,
  };
}

function channelSnapshot({ channel, state, reason, since, lastMessageAt, gaps }: ChannelStatus) {
  return {
    channel,
    state,
    reason,
    since: iso(since),
    lastMessageAt: iso(lastMessageAt),
    gaps: gaps.map(gapSnapshot),
  };
}

function gapSnapshot({ from, to, reason }: Gap) {
  return { from: iso(from), to: iso(to), reason };
}

function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
