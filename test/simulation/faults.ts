import type { FaultName } from './profiles.ts';
import { LOGIN } from './settings.ts';
import type { Mood } from './sim-server.ts';
import type { SimSession } from './sim-session.ts';
import type { World } from './world.ts';

/** Begins a trouble. @returns what ends it, where it does not pass by itself */
type Begin = (world: World, lastsMs: number) => (() => void) | void;

const REFUSALS = ['silence', 'msg_banned', 'msg_channel_suspended', 'msg_room_not_found'] as const;
/** Below what our PING's answer may take. */
const MAX_LAG_MS = 3_500;
const MAX_STALL_MS = 4_000;
/** How long after a RECONNECT the server may close the connection. */
const MAX_GRACE_MS = 40_000;

/** By then a process that was told to stop has stopped, and the next one runs. */
const RESTARTED_MS = 26_000;

/** One of the open connections is struck. */
function struck({ twitch, chance, journal }: World, strike: (session: SimSession) => void): void {
  const { open } = twitch;
  if (open.length > 0) strike(chance.pick(open));
  else journal.count('fault: no connection to strike');
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
export const FAULTS: Readonly<Record<FaultName, Begin>> = {
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
  lag(world) {
    const lagging: SimSession[] = [];
    struck(world, (session) => {
      session.lagMs = world.chance.whole(200, MAX_LAG_MS);
      lagging.push(session);
    });
    return () => {
      for (const session of lagging) session.lagMs = 0;
    };
  },
  silent_joins({ twitch }) {
    twitch.joinsAre = 'ignored';
    return () => (twitch.joinsAre = 'answered');
  },
  /** For longer than a handover may take. */
  silent_handover(world) {
    FAULTS.silent_joins(world, 0);
    FAULTS.new_token(world, 0);
    world.clock.outside(world.chance.whole(62_000, 90_000), () => (world.twitch.joinsAre = 'answered'));
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
  /** A good one follows before all is known of the bad one. */
  token_mended(world) {
    FAULTS.bad_token(world, 0);
    world.clock.outside(world.chance.whole(0, 400), () => FAULTS.new_token(world, 0));
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
  /** What takes over from a dead connection is to be replaced itself, while nobody knows yet that the first is dead. */
  third_connection(world) {
    FAULTS.half_open(world, 0);
    const { clock, chance, twitch } = world;
    const lagging: SimSession[] = [];
    const takenOverMs = chance.whole(500, 8_000);
    clock.outside(takenOverMs, () => FAULTS.new_token(world, 0));
    clock.outside(takenOverMs + chance.whole(500, 5_000), () => {
      const successor = twitch.open.at(-1);
      if (!successor) return;
      successor.lagMs = chance.whole(0, MAX_LAG_MS);
      successor.reconnect();
      lagging.push(successor);
    });
    return () => {
      for (const session of lagging) session.lagMs = 0;
    };
  },
  /** What is let go lags, so that its last lines are still on their way when its successor is dead. */
  lagging_handover(world) {
    const { chance, twitch } = world;
    const lagging = [...twitch.open];
    for (const session of lagging) session.lagMs = chance.whole(MAX_LAG_MS / 2, MAX_LAG_MS);
    FAULTS.new_token(world, 0);
    twitch.endsSuccessor = true;
    return () => {
      for (const session of lagging) session.lagMs = 0;
      twitch.endsSuccessor = false;
    };
  },
  /**
   * What a stop left in the spool is sent by the next run, which is killed then; the one after it has to find out what
   * became of it, from a stream that has forgotten.
   */
  stopped_and_killed(world) {
    const { clock, chance, server, plan } = world;
    const at = (ms: number, task: () => void): void => clock.outside(ms, () => world.isCalm || task());
    world.turn('down');
    at(chance.whole(2_000, 6_000), () => FAULTS.sigterm(world, 0));
    at(RESTARTED_MS, () => {
      world.turn('well');
      world.life.death.afterLink(chance.whole(1, 4));
    });
    at(RESTARTED_MS + 2_000, () => world.turn('down'));
    at(RESTARTED_MS + 2_000 + plan.windowMs + chance.whole(0, 5_000), () => {
      if (server.mood === 'down') world.turn('well');
    });
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
  sigterm: (world) => told(world, () => void world.terminate()),
  /** At once, or in the middle of whatever it does next. */
  crash({ life, chance }) {
    life.death.after(chance.whole(0, 6));
  },
};

function swapToken(world: World, token: string): void {
  const { life, twitch, journal, clock } = world;
  world.token = token;
  if (twitch.open.length > life.supervisor.status().connections.needed)
    journal.count('chat: a new token while a connection is being replaced');
  for (const session of twitch.open) session.outgoingSince = Math.min(session.outgoingSince, clock.now());
  life.supervisor.setAccount(LOGIN, token);
}
