import type { Combination } from './fault-names.ts';
import { FAULTS, MAX_LAG_MS, type Begin } from './faults.ts';
import type { SimSession } from './sim-session.ts';

/** By then JOINs that nobody answers count as refused, and then they are due again. */
const REFUSED_MS = 15_000;
const RETRIED_MS = 70_000;
/** By then a process that was told to stop has stopped, and the next one runs. */
const RESTARTED_MS = 26_000;

/** What seldom comes together by itself. */
export const COMBINATIONS: Readonly<Record<Combination, Begin>> = {
  /** For longer than a handover may take. */
  silent_handover(world) {
    FAULTS.silent_joins(world, 0);
    FAULTS.new_token(world, 0);
    world.clock.outside(world.chance.whole(62_000, 90_000), () => (world.twitch.joinsAre = 'answered'));
  },
  /** A good one follows before all is known of the bad one. */
  token_mended(world) {
    FAULTS.bad_token(world, 0);
    world.clock.outside(world.chance.whole(0, 400), () => FAULTS.new_token(world, 0));
  },
  /** What takes over from a dead connection is to be replaced itself, while nobody knows yet that the first is dead. */
  third_connection(world) {
    FAULTS.half_open(world, 0);
    const { clock, chance, twitch } = world;
    const lagging: SimSession[] = [];
    let isOver = false;
    const takenOverMs = chance.whole(500, 8_000);
    clock.outside(takenOverMs, () => FAULTS.new_token(world, 0));
    clock.outside(takenOverMs + chance.whole(500, 5_000), () => {
      const successor = twitch.open.at(-1);
      if (!successor || isOver) return;
      successor.lag.ms = chance.whole(0, MAX_LAG_MS);
      successor.reconnect();
      lagging.push(successor);
    });
    return () => {
      isOver = true;
      for (const session of lagging) session.lag.ms = 0;
    };
  },
  /** What is let go lags, so that its last lines are still on their way when its successor is dead. */
  lagging_handover(world) {
    const { chance, twitch } = world;
    const lagging = [...twitch.open];
    for (const session of lagging) session.lag.ms = chance.whole(MAX_LAG_MS / 2, MAX_LAG_MS);
    FAULTS.new_token(world, 0);
    twitch.endsSuccessor = true;
    return () => {
      for (const session of lagging) session.lag.ms = 0;
      twitch.endsSuccessor = false;
    };
  },
  /** What is let go still has much to bring. */
  deep_handover(world) {
    const end = FAULTS.deep_lag(world, 0);
    FAULTS.new_token(world, 0);
    return end;
  },
  /** The answers to several JOINs of one channel are on their way, and there may be room for the last. */
  late_handover(world) {
    const end = FAULTS.late_joins(world, 0);
    FAULTS.new_token(world, 0);
    return end;
  },
  /** Channels that were refused are asked for again when a connection is replaced that may be told late that it is in them. */
  crowded_retry(world) {
    const { clock, chance, twitch } = world;
    twitch.joinsAre = 'ignored';
    for (const session of twitch.open) session.end('close');
    clock.outside(REFUSED_MS, () => (twitch.joinsAre = 'answered'));
    clock.outside(RETRIED_MS - 5_000, () => {
      for (const session of twitch.open) session.lag.ms = chance.whole(0, MAX_LAG_MS);
    });
    clock.outside(RETRIED_MS + chance.whole(0, 8_000), () => FAULTS.new_token(world, 0));
    return () => {
      for (const session of twitch.sessions) session.lag.ms = 0;
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
};

export const EVERY_FAULT = { ...FAULTS, ...COMBINATIONS };
