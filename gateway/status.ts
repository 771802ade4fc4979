import type { BusState } from './bus/bus.ts';
import type { Degradation } from './degradation.ts';
import type { LedgerSnapshot } from './ledger.ts';

/**
 * What the pages and the probes know: one value, read from the parts when somebody asks.
 * Times are milliseconds since 1970, or null if not known yet.
 */
export type Status = {
  readonly instance: string;
  readonly version: string;
  readonly startedAt: number;
  readonly stopping: boolean;
  readonly chat: ChatStatus;
  readonly bus: BusStatus;
  readonly queue: QueueStatus;
  readonly ledger: LedgerSnapshot;
  readonly degraded: readonly Degradation[];
};

export type ChatStatus = {
  readonly state: 'disconnected' | 'connecting' | 'connected' | 'reconnecting';
  /** `anonymous` or the login that reads. */
  readonly identity: string;
  readonly connections: { readonly needed: number; readonly registered: number };
  /** Sorted by channel. */
  readonly channels: readonly ChannelStatus[];
  readonly lastMessageAt: number | null;
  readonly lastReconnectAt: number | null;
  /** Connections opened to replace one. */
  readonly reconnects: number;
  readonly lastError: string | null;
};

export const CHANNEL_STATES = ['joined', 'joining', 'refused', 'parted'] as const;
export type ChannelState = (typeof CHANNEL_STATES)[number];

export type ChannelStatus = {
  readonly channel: string;
  readonly state: ChannelState;
  /** Why it is not joined; null when it is, or when nothing is known. */
  readonly reason: string | null;
  readonly since: number | null;
  readonly lastMessageAt: number | null;
  /** Its first JOIN was answered, or its deadline passed. */
  readonly settled: boolean;
  /** When nobody was reading it: the last ten. */
  readonly gaps: readonly Gap[];
};

/** `to` is null while the gap is open. */
export type Gap = { readonly from: number; readonly to: number | null; readonly reason: string };

export type BusStatus = {
  readonly driver: string;
  readonly state: BusState;
  readonly lastError: string | null;
};

/** How long a drop is held against us: long enough for a probe to see it. */
export const DROP_MEMORY_MS = 10_000;

export type QueueStatus = {
  readonly waiting: number;
  readonly inFlight: number;
  readonly spooled: number;
  readonly bytes: number;
  /** Of all that is queued, on the disk as well; 0: nothing is. */
  readonly oldestAgeMs: number;
  /** How long ago the last message was dropped; null: never. */
  readonly lastDropAgeMs: number | null;
};
