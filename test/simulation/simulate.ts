import { readDeadLetter } from '../../gateway/publish/dead-letter.ts';
import { EVERY_FAULT } from './combinations.ts';
import type { Plan } from './plan.ts';
import { SHUTDOWN_TIMEOUT_MS } from './settings.ts';
import { isSettled, probe, unforwarded } from './settling.ts';
import { World } from './world.ts';

/** How long everything may take to settle once there is no trouble any more: a JOIN without an answer is the slowest. */
const LIVENESS_MS = 20 * 60_000;
/** What is still on its way then. */
const CALM_MS = 10_000;
const PING_EVERY_MS = 20_000;
/** A promise that waits for promises is settled after so many turns of the microtask queue. */
const TURNS = 12;
/** So many never happen in one moment. */
const MAX_EVENTS = 20_000;

export type Run = {
  readonly seed: number;
  /** Of everything that happened, in its order. */
  readonly hash: string;
  readonly counts: ReadonlyMap<string, number>;
  /** The first promise that was broken; undefined: none was. */
  readonly failure: string | undefined;
  /** Empty unless they were kept. */
  readonly events: readonly string[];
  readonly virtualMs: number;
  readonly messages: number;
};

/** One run: what the plan says, and nothing else, decides what happens. */
export async function simulate(plan: Plan, keepsEvents = false): Promise<Run> {
  const world = new World(plan, keepsEvents);
  try {
    schedule(world);
    await proceed(world, () => world.clock.now() >= plan.activeMs, plan.activeMs);
    heal(world);
    const newsAt = plan.activeMs + CALM_MS;
    await proceed(world, () => world.clock.now() >= newsAt && isSettled(world), LIVENESS_MS);
    const probes = probe(world);
    const calmAt = world.clock.now() + CALM_MS;
    await proceed(world, () => world.clock.now() >= calmAt, 2 * CALM_MS);
    world.contents.mustHaveArrived(probes);
    await proceed(world, () => isSettled(world), LIVENESS_MS);
    await finish(world);
  } finally {
    world.disk.release();
  }
  const { journal, clock, book } = world;
  return {
    seed: plan.seed,
    hash: journal.hash,
    counts: journal.counts,
    failure: journal.failure,
    events: journal.events,
    virtualMs: clock.now(),
    messages: book.kept.size,
  };
}

function schedule(world: World): void {
  const { plan, clock, twitch, journal } = world;
  for (const [index, saying] of plan.sayings.entries())
    clock.outside(saying.at, () => twitch.say(`k${index}`, saying));
  for (const { name, at, until } of plan.faults) {
    clock.outside(at, () => {
      journal.note(`fault ${name}`);
      journal.count(`fault: ${name}`);
      const end = EVERY_FAULT[name](world, until - at);
      if (end) clock.outside(until - at, end);
    });
  }
  clock.outside(plan.activeMs, () => {});
  const ping = (): void => {
    twitch.pingAll();
    clock.outside(PING_EVERY_MS, ping);
  };
  ping();
}

/** Event by event, until something holds or a promise is broken. */
async function proceed(world: World, until: () => boolean, withinMs: number): Promise<void> {
  const { clock, journal } = world;
  const deadline = clock.now() + withinMs + CALM_MS;
  let [moment, events] = [clock.now(), 0];
  while (journal.failure === undefined && !until()) {
    if (clock.now() > moment) [moment, events] = [clock.now(), 0];
    journal.check(events++ < MAX_EVENTS, () => `time stands still: ${MAX_EVENTS} events at once`);
    try {
      clock.step();
      for (let turn = 0; turn < TURNS; turn++) await Promise.resolve();
      if (world.life.isAlive) world.life.check();
    } catch (error) {
      journal.fail(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    journal.check(clock.now() <= deadline, () => `not settled in ${withinMs} ms: ${describe(world)}`);
  }
}

/** There is no trouble any more. */
function heal(world: World): void {
  const { twitch, disk, plan, life, clock } = world;
  world.journal.note('all is well');
  world.isCalm = true;
  twitch.doors = 'open';
  twitch.loginsAre = twitch.joinsAre = 'answered';
  twitch.hangsUp = twitch.endsSuccessor = disk.isFull = false;
  twitch.refusals.clear();
  for (const session of twitch.sessions) session.lag.ms = 0;
  life.death.spare();
  world.turn('well');
  clock.arrive(0, () => world.setChannels(plan.channels));
}

/** The last SIGTERM, while people talk, loses nothing; then everything is counted over. */
async function finish(world: World): Promise<void> {
  const { journal, life, book, server, twitch, lives, plan } = world;
  if (journal.failure !== undefined) return;
  if (canBeSentAtOnce(plan)) await lastWords(world);
  void world.terminate();
  await proceed(world, () => life.phase !== 'stopping', CALM_MS);
  if (journal.failure !== undefined) return;
  journal.check(life.ledger.dropped.shutdown === 0, () => 'the last stop lost something');
  journal.note(JSON.stringify([life.ledger, life.supervisor.status()]));
  book.checkLines();
  for (const channel of plan.channels) twitch.truth.check(channel, (at) => book.isUnread(channel, at));
  world.checkKept();
  checkRedrive(world);
  if (lives === 1 && server.stream.generations.length === 1) checkReordered(world);
}

/** A line of each channel can be brought to the bus one by one, in the time that a stop has. */
function canBeSentAtOnce({ channels, ackDelayMs, latencyMs: [, slowest] }: Plan): boolean {
  return channels.length * (2 * slowest + ackDelayMs) < SHUTDOWN_TIMEOUT_MS / 2;
}

/** What is on its way when the SIGTERM comes. */
async function lastWords(world: World): Promise<void> {
  const { plan, clock, chance } = world;
  for (const channel of plan.channels) world.say(channel);
  const until = clock.now() + chance.whole(0, 2 * plan.latencyMs[1]);
  await proceed(world, () => clock.now() >= until, CALM_MS);
}

/** Every letter that came whole can be sent again as what it was. */
function checkRedrive({ server: { stream }, journal }: World): void {
  for (const { message } of stream.messages) {
    const letter = message.subject.endsWith('deadletter.v1') ? readDeadLetter(message.body) : undefined;
    const messageId = `tw:${letter?.envelope.id}`;
    if (
      !letter ||
      stream.messages.some(
        ({ message: other }) => other.subject.endsWith('ingress.v1') && other.name === messageId,
      )
    )
      continue;
    journal.check(
      stream.remembers(messageId) === undefined,
      () => `${messageId} cannot be redriven: its letter has its id`,
    );
  }
}

/** How many are stored ahead of an older one of their channel is what was told. */
function checkReordered({ plan, server: { stream }, book, life, journal }: World): void {
  if (
    !plan.mayReadStream ||
    life.told.lettersLost > 0 ||
    [...book.kept.values()].some(({ isRepeated }) => isRepeated)
  )
    return;
  const oldest = new Map<string, number>();
  const overtakers: string[] = [];
  for (const { id } of stream.messages.toReversed()) {
    const kept = book.kept.get(id);
    if (!kept || kept.isDead) continue;
    const oldestBehind = oldest.get(kept.channel) ?? Infinity;
    if (kept.order > oldestBehind) overtakers.push(id);
    else oldest.set(kept.channel, kept.order);
  }
  journal.check(
    overtakers.length === life.reordered,
    () => `stored ahead of an older one: ${overtakers.join(', ')}; ${life.reordered} were told`,
  );
}

function describe(world: World): string {
  const { life } = world;
  const { queue, ...rest } = { queue: life.delivery.queue.status(), ledger: life.ledger };
  const channels = life.supervisor.status().channels.filter(({ state }) => state !== 'joined');
  return JSON.stringify({
    phase: life.phase,
    queue,
    ...rest,
    connections: life.supervisor.status().connections,
    deadLetters: unforwarded(world),
    channels: channels.map(({ channel, state, reason }) => `${channel} ${state} ${reason}`),
  });
}
