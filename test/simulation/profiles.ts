import type { FaultName } from './fault-names.ts';

export type ProfileName =
  | 'everything'
  | 'handover'
  | 'late'
  | 'full_account'
  | 'slow_joins'
  | 'bus'
  | 'outage'
  | 'spool'
  | 'flood'
  | 'overlap'
  | 'crowd'
  | 'refusing'
  | 'slow_bus';

type Range = readonly [low: number, high: number];

/** What one kind of run is like. */
export type Profile = {
  readonly weight: number;
  readonly channels: Range;
  readonly perConnection: Range;
  readonly joinLimit: Range;
  /** `tight`: the account may be in about as many channels as it reads; otherwise that is seldom. */
  readonly room: 'any' | 'tight';
  readonly lines: Range;
  /** How many of the lines no bus takes. */
  readonly poison: number;
  readonly activeMs: Range;
  readonly troubles: Range;
  readonly troubleMs: Range;
  readonly ackDelayMs: Range;
  /** What it takes to read one message of the stream. */
  readonly readingMs: readonly number[];
  readonly spool: readonly ('off' | 'overflow' | 'always')[];
  readonly queueMaxBytes: readonly number[];
  readonly spoolMaxBytes: readonly number[];
  readonly faults: Readonly<Partial<Record<FaultName, number>>>;
};

const CHAT = {
  reconnect: 4,
  close: 2,
  reset: 1,
  half_open: 1,
  lag: 3,
  silent_joins: 1,
  refused_join: 1,
  ban: 0.5,
  no_connections: 1,
  hung_handshakes: 1,
  silent_login: 1,
  bad_token: 1,
  new_token: 2,
  hang_up: 1,
  other_channels: 1,
} as const;

const BUS = {
  lossy_bus: 6,
  stalled_bus: 2,
  link_down: 2,
  stream_full: 2,
  stream_missing: 1,
  stream_remade: 0.5,
  publish_denied: 1,
} as const;

const PROCESS = { disk_full: 1, stalled_loop: 1, sigterm: 1, crash: 1 } as const;

const EVERYTHING: Profile = {
  weight: 4,
  channels: [1, 8],
  perConnection: [1, 8],
  joinLimit: [2, 20],
  room: 'any',
  lines: [20, 80],
  poison: 0.05,
  activeMs: [10_000, 90_000],
  troubles: [2, 12],
  troubleMs: [200, 15_000],
  ackDelayMs: [0, 0],
  readingMs: [0, 0, 20, 300],
  spool: ['off', 'overflow', 'always'],
  queueMaxBytes: [6_000, 20_000, 1_000_000],
  spoolMaxBytes: [1_000_000, 1_000_000, 1_000_000, 1_000_000, 30_000],
  faults: { ...CHAT, ...BUS, ...PROCESS },
};

/** One connection takes over from another, with everything that may disturb it. */
const HANDOVER: Profile = {
  ...EVERYTHING,
  weight: 2,
  channels: [2, 6],
  joinLimit: [1, 6],
  troubles: [2, 6],
  troubleMs: [200, 80_000],
  activeMs: [30_000, 150_000],
  faults: {
    ...CHAT,
    reconnect: 10,
    new_token: 6,
    lag: 8,
    silent_joins: 3,
    silent_handover: 6,
    token_mended: 3,
    successor_dies: 6,
  },
};

/** An account that is in nearly as many channels as it may be. */
const FULL_ACCOUNT: Profile = {
  ...HANDOVER,
  weight: 4,
  room: 'tight',
  channels: [2, 4],
  joinLimit: [1, 6],
  activeMs: [90_000, 150_000],
  lines: [20, 50],
  faults: {
    ...CHAT,
    reconnect: 8,
    new_token: 6,
    token_mended: 5,
    third_connection: 4,
    refused_join: 4,
    ban: 2,
    late_joins: 3,
    silent_handover: 3,
    successor_dies: 3,
  },
};

/** Each seed has one of them. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  everything: EVERYTHING,
  handover: HANDOVER,
  /** What the network brings very late, or tells late of. */
  late: {
    ...HANDOVER,
    weight: 3,
    faults: { ...HANDOVER.faults, dead_then_reset: 4, deep_lag: 6, late_joins: 4, long_stall: 1 },
  },
  full_account: FULL_ACCOUNT,
  /** One that may join them one by one, so that each turn counts. */
  slow_joins: {
    ...FULL_ACCOUNT,
    weight: 5,
    channels: [3, 6],
    perConnection: [1, 3],
    joinLimit: [1, 2],
    lines: [20, 60],
  },
  /** Nothing but the bus. */
  bus: { ...EVERYTHING, weight: 2, lines: [30, 120], troubles: [3, 12], faults: BUS },
  /** Down for longer than the stream remembers ids. */
  outage: {
    ...EVERYTHING,
    activeMs: [60_000, 150_000],
    troubles: [2, 5],
    troubleMs: [5_000, 80_000],
    faults: { ...BUS, link_down: 6, stalled_bus: 4, crash: 1, sigterm: 1 },
  },
  /** More than memory holds, and a process that ends. */
  spool: {
    ...EVERYTHING,
    weight: 2,
    lines: [40, 120],
    troubleMs: [200, 40_000],
    queueMaxBytes: [4_000, 8_000],
    spoolMaxBytes: [1_000_000, 30_000, 10_000],
    spool: ['overflow', 'always'],
    faults: { ...BUS, link_down: 6, disk_full: 2, sigterm: 5, crash: 5 },
  },
  /** More messages than are read, sent or looked for at once anywhere. */
  flood: {
    ...EVERYTHING,
    weight: 0.1,
    channels: [1, 4],
    lines: [1_500, 3_000],
    readingMs: [0, 20],
    activeMs: [20_000, 60_000],
    troubles: [3, 10],
    queueMaxBytes: [6_000, 100_000, 10_000_000],
    spoolMaxBytes: [100_000_000],
    spool: ['overflow', 'always'],
    faults: { ...BUS, link_down: 6, stalled_bus: 6, disk_full: 1, sigterm: 4, crash: 4, reconnect: 2 },
  },
  /** The same lines over and over, from two connections, past the end of the bridge's memory. */
  overlap: {
    ...EVERYTHING,
    faults: { ...CHAT, reconnect: 10, lag: 4, stalled_bus: 3 },
    queueMaxBytes: [4_000],
  },
  /** Many connections. */
  crowd: {
    ...EVERYTHING,
    weight: 0.5,
    channels: [21, 30],
    perConnection: [1, 1],
    joinLimit: [20, 20],
    activeMs: [15_000, 40_000],
    faults: CHAT,
  },
  /** A server that accepts everybody and then hangs up. */
  refusing: {
    ...EVERYTHING,
    perConnection: [8, 8],
    lines: [5, 30],
    troubleMs: [20_000, 60_000],
    faults: { hang_up: 5, no_connections: 1, close: 2, bad_token: 1 },
  },
  /** Every ack comes later than the queue waits for it. */
  slow_bus: { ...EVERYTHING, ackDelayMs: [2_100, 4_000], faults: { ...CHAT, lossy_bus: 1 } },
};
