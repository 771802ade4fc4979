import { chanceOf, type Chance } from './chance.ts';
import type { FaultName } from './fault-names.ts';
import { PROFILES, type Profile, type ProfileName } from './profiles.ts';

/** One trouble: when it begins, and when it is over, in milliseconds from the start. */
export type Fault = { readonly name: FaultName; readonly at: number; readonly until: number };

/** A line of chat to be said. */
export type Saying = {
  readonly at: number;
  readonly channel: string;
  readonly kind: 'plain' | 'long' | 'unnamed' | 'too_large' | 'refused_size' | 'bad_header' | 'unknown_error';
};

/** Everything that a seed decides beforehand. */
export type Plan = {
  readonly seed: number;
  readonly profile: ProfileName;
  readonly channels: readonly string[];
  readonly channelsPerConnection: number;
  readonly joinLimit: number;
  /** How many channels the account may be in, on all its connections together. */
  readonly room: number;
  readonly spool: 'off' | 'overflow' | 'always';
  readonly queueMaxBytes: number;
  readonly spoolMaxBytes: number;
  readonly maxInFlight: number;
  readonly publishTimeoutMs: number;
  readonly maxRetries: number;
  /** For how long the stream remembers an id. */
  readonly windowMs: number;
  /** For how long, and how many of them, the bridge remembers ids. */
  readonly idsMs: number;
  readonly idsCount: number;
  /** One way, to chat and to the bus. */
  readonly latencyMs: readonly [low: number, high: number];
  /** How much later an ack comes, all the time. */
  readonly ackDelayMs: number;
  readonly mayReadStream: boolean;
  /** What it takes to read one message of the stream, and how many of others are there at the start. */
  readonly readingMs: number;
  readonly others: number;
  readonly hasAccount: boolean;
  /** Until when there are troubles. */
  readonly activeMs: number;
  readonly sayings: readonly Saying[];
  readonly faults: readonly Fault[];
};

type Coincidence = { readonly name: FaultName; readonly lastsMs: number };

const COINCIDENCES: Readonly<Partial<Record<ProfileName, readonly Coincidence[]>>> = {
  handover: [
    { name: 'third_connection', lastsMs: 20_000 },
    { name: 'lagging_handover', lastsMs: 20_000 },
  ],
  late: [{ name: 'deep_handover', lastsMs: 20_000 }],
  full_account: [
    { name: 'crowded_retry', lastsMs: 80_000 },
    { name: 'late_handover', lastsMs: 40_000 },
  ],
  outage: [{ name: 'stopped_and_killed', lastsMs: 80_000 }],
};
/** How much is said from the beginning of a coincidence on, and for how long. */
const LINES_MEANWHILE = 40;
const MEANWHILE_MS = 20_000;

/** @param only the profile; undefined: the seed chooses that too */
export function planOf(seed: number, only?: ProfileName): Plan {
  const chance = chanceOf(seed, 1);
  const weights = Object.fromEntries(Object.entries(PROFILES).map(([name, { weight }]) => [name, weight]));
  const chosen = chance.weighted(weights) as ProfileName;
  const name = only ?? chosen;
  const profile = PROFILES[name];
  const channels = Array.from({ length: chance.whole(...profile.channels) }, (_, index) => `c${index}`);
  const activeMs = chance.whole(...profile.activeMs);
  const coincidence = coincidenceOf(chanceOf(seed, 4), name, channels, activeMs);
  return {
    seed,
    profile: name,
    channels,
    channelsPerConnection: chance.whole(...profile.perConnection),
    joinLimit: chance.whole(...profile.joinLimit),
    room: roomFor(channels.length, profile, chanceOf(seed, 3)),
    spool: chance.pick(profile.spool),
    queueMaxBytes: chance.pick(profile.queueMaxBytes),
    spoolMaxBytes: chance.pick(profile.spoolMaxBytes),
    maxInFlight: chance.pick([1, 2, 8, 32]),
    publishTimeoutMs: chance.whole(500, 2000),
    maxRetries: chance.whole(0, 4),
    windowMs: chance.whole(15_000, 60_000),
    idsMs: chance.whole(10_000, 30_000),
    idsCount: chance.pick([20, 100, 100_000]),
    latencyMs: chance.pick([
      [1, 5],
      [20, 60],
      [50, 250],
    ] as const),
    ackDelayMs: chance.whole(...profile.ackDelayMs),
    mayReadStream: chance.hit(0.95),
    ...streamOf(profile, chanceOf(seed, 5)),
    hasAccount: chance.hit(0.6),
    activeMs,
    sayings: inTime([...sayingsOf(chance, profile, channels, activeMs), ...coincidence.sayings]),
    faults: inTime([...faultsOf(chance, profile, activeMs), ...coincidence.faults]),
  };
}

/** For each channel once or more, but not for all of them twice; seldom for one too few. */
function roomFor(channels: number, { room }: Profile, chance: Chance): number {
  if (room === 'tight') return Math.max(1, chance.whole(channels - 1, channels + 1));
  if (!chance.hit(0.2)) return Infinity;
  return chance.hit(0.9) ? chance.whole(channels, 2 * channels - 1) : Math.max(1, channels - 1);
}

/** Seldom it is so long that to read it takes longer than it remembers ids. */
function streamOf({ readingMs }: Profile, chance: Chance): Pick<Plan, 'readingMs' | 'others'> {
  return { readingMs: chance.pick(readingMs), others: chance.pick([0, 30, 150]) };
}

function sayingsOf(
  chance: Chance,
  { lines, poison }: Profile,
  channels: readonly string[],
  activeMs: number,
): Saying[] {
  const sayings: Saying[] = [];
  for (let left = chance.whole(...lines); left > 0;) {
    const at = chance.whole(0, activeMs);
    const channel = chance.pick(channels);
    const burst = chance.hit(0.2) ? chance.whole(2, 8) : 1;
    for (let index = 0; index < burst; index++) sayings.push({ at, channel, kind: kindOf(chance, poison) });
    left -= burst;
  }
  return sayings;
}

function inTime<T extends { readonly at: number }>(events: readonly T[]): T[] {
  return events.toSorted((a, b) => a.at - b.at);
}

function kindOf(chance: Chance, poison: number): Saying['kind'] {
  if (chance.hit(poison)) return chance.pick(['too_large', 'refused_size', 'bad_header', 'unknown_error']);
  return chance.weighted({ plain: 20, long: 2, unnamed: 1 });
}

function faultsOf(chance: Chance, { faults, troubles, troubleMs }: Profile, activeMs: number): Fault[] {
  return Array.from({ length: chance.whole(...troubles) }, () => {
    const at = chance.whole(0, activeMs);
    const name = chance.weighted(faults);
    return { name, at, until: Math.min(activeMs, at + chance.whole(...troubleMs)) };
  });
}

/** What seldom comes together by itself, and lines that it may cost. */
function coincidenceOf(
  chance: Chance,
  profile: ProfileName,
  channels: readonly string[],
  activeMs: number,
): Pick<Plan, 'faults' | 'sayings'> {
  const choice = COINCIDENCES[profile] ?? [];
  if (choice.length === 0 || !chance.hit(0.5)) return { faults: [], sayings: [] };
  const { name, lastsMs } = chance.pick(choice);
  const at = chance.whole(0, Math.max(0, activeMs - lastsMs));
  const sayings = Array.from({ length: LINES_MEANWHILE }, () => ({
    at: at + chance.whole(0, MEANWHILE_MS),
    channel: chance.pick(channels),
    kind: 'plain' as const,
  }));
  return { faults: [{ name, at, until: at + lastsMs }], sayings };
}
