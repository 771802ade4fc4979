import type { SimpleFault } from './fault-names.ts';
import { LOGIN } from './settings.ts';
import type { Mood } from './sim-server.ts';
import type { SimSession } from './sim-session.ts';
import type { World } from './world.ts';

/** Begins a trouble. @returns what ends it, where it does not pass by itself */
export type Begin = (world: World, lastsMs: number) => (() => void) | void;

const REFUSALS = ['silence', 'msg_banned', 'msg_channel_suspended', 'msg_room_not_found'] as const;
/** Below what our PING's answer may take. */
export const MAX_LAG_MS = 3_500;
const MAX_STALL_MS = 4_000;
/** More than our PING's answer may take, and less than makes a dead link of it, as long as anything comes. */
const DEEP_LAG_MS = [5_200, 9_000] as const;
/** More than anybody waits for a PONG or a JOIN. */
const MAX_LONG_STALL_MS = 12_000;
/** How long after a RECONNECT the server may close the connection. */
const MAX_GRACE_MS = 40_000;

/** One of the open connections is struck. */
function struck({ twitch, chance, journal }: World, strike: (session: SimSession) => void): void {
  const { open } = twitch;
  if (open.length > 0) strike(chance.pick(open));
  else journal.count('fault: no connection to strike');
}

/** What one of the open connections brings us comes so much later. */
function lagging(world: World, leastMs: number, mostMs: number): () => void {
  const slow: SimSession[] = [];
  struck(world, (session) => {
    session.lag.ms = world.chance.whole(leastMs, mostMs);
    slow.push(session);
  });
  return () => {
    for (const session of slow) session.lag.ms = 0;
  };
}

/** A channel is wanted that no connection is in. */
function isUnread({ plan, life, twitch }: World): boolean {
  const isIn = (channel: string): boolean =>
    twitch.open.some(({ channels }) => channels.present.has(channel));
  return plan.channels.some((channel) => life.wants(channel) && !isIn(channel));
}

function moody(mood: Mood): Begin {
  return (world) => {
    world.turn(mood);
    return () => {
      if (world.server.mood === mood) world.turn('well');
    };
  };
}

/** Something reaches the process, if it runs. */
function told(world: World, tell: () => void): void {
  world.clock.arrive(0, () => {
    if (world.life.phase === 'running') tell();
  });
}

/** What each fault does to the world. */
export const FAULTS: Readonly<Record<SimpleFault, Begin>> = {
  reconnect(world) {
    struck(world, (session) => {
      if (isUnread(world)) world.journal.count('chat: RECONNECT before every channel is read');
      session.reconnect();
      world.clock.outside(world.chance.whole(0, MAX_GRACE_MS), () => session.end('close'));
    });
  },
  close: (world) => struck(world, (session) => session.end('close')),
  reset: (world) => struck(world, (session) => session.end('reset')),
  half_open: (world) => struck(world, (session) => session.cut()),
  /** Silence first, then news of it: what we send is answered by a RST. */
  dead_then_reset(world) {
    struck(world, (session) => {
      session.cut();
      world.clock.outside(world.chance.whole(500, 20_000), () => session.breakOff());
    });
  },
  lag: (world) => lagging(world, 200, MAX_LAG_MS),
  /** Where little is said, it counts as dead, and is replaced. */
  deep_lag(world) {
    const end = lagging(world, ...DEEP_LAG_MS);
    for (const session of world.twitch.open) if (session.lag.ms >= DEEP_LAG_MS[0]) session.goes();
    return end;
  },
  silent_joins({ twitch }) {
    twitch.joinsAre = 'ignored';
    return () => (twitch.joinsAre = 'answered');
  },
  late_joins({ twitch }) {
    twitch.joinsAre = 'late';
    return () => (twitch.joinsAre = 'answered');
  },
  refused_join({ twitch, chance, plan }) {
    const channel = chance.pick(plan.channels);
    twitch.refusals.set(channel, chance.pick(REFUSALS));
    return () => twitch.refusals.delete(channel);
  },
  ban(world) {
    const { twitch, plan } = world;
    const channel = world.chance.pick(plan.channels);
    twitch.refusals.set(channel, 'msg_banned');
    for (const session of twitch.open) session.irc.part(channel);
    return () => twitch.refusals.delete(channel);
  },
  no_connections({ twitch }) {
    twitch.doors = 'shut';
    return () => (twitch.doors = 'open');
  },
  hung_handshakes({ twitch }) {
    twitch.doors = 'stuck';
    return () => (twitch.doors = 'open');
  },
  silent_login({ twitch }) {
    twitch.loginsAre = 'ignored';
    return () => (twitch.loginsAre = 'answered');
  },
  bad_token: (world) => told(world, () => swapToken(world, world.newToken())),
  new_token(world) {
    const token = world.newToken();
    world.twitch.goodTokens.add(token);
    told(world, () => swapToken(world, token));
  },
  hang_up(world) {
    world.twitch.hangsUp = true;
    for (const session of world.twitch.open) session.end('close');
    return () => (world.twitch.hangsUp = false);
  },
  /** The next one that is about to take over does not. */
  successor_dies({ twitch }) {
    twitch.endsSuccessor = true;
    return () => (twitch.endsSuccessor = false);
  },
  other_channels(world) {
    const { plan, chance } = world;
    const kept = plan.channels.filter(() => chance.hit(0.7));
    told(world, () => world.setChannels(kept));
    return () => told(world, () => world.setChannels(plan.channels));
  },
  lossy_bus: moody('lossy'),
  stalled_bus: moody('stalled'),
  link_down: moody('down'),
  stream_full: moody('full'),
  stream_missing: moody('missing'),
  publish_denied: moody('denied'),
  stream_remade: (world) => world.remakeStream(),
  disk_full({ disk }) {
    disk.isFull = true;
    return () => (disk.isFull = false);
  },
  stalled_loop: ({ clock }, lastsMs) => clock.stall(Math.min(lastsMs, MAX_STALL_MS)),
  long_stall: ({ clock }, lastsMs) => clock.stall(Math.min(lastsMs, MAX_LONG_STALL_MS)),
  sigterm: (world) => told(world, () => void world.terminate()),
  /** At once, or in the middle of whatever it does next. */
  crash({ life, chance }) {
    life.death.after(chance.whole(0, 6));
  },
};

function swapToken(world: World, token: string): void {
  const { life, twitch, journal } = world;
  world.token = token;
  if (twitch.open.length > life.supervisor.status().connections.needed)
    journal.count('chat: a new token while a connection is being replaced');
  for (const session of twitch.open) session.goes();
  life.supervisor.setAccount(LOGIN, token);
}
