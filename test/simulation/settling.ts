import { DEAD_LETTERS } from './life.ts';
import type { Plan } from './plan.ts';
import { LOGIN } from './settings.ts';
import { FULL } from './sim-irc.ts';
import type { SimSession } from './sim-session.ts';
import type { World } from './world.ts';

/** Everything is as it should be, as far as that is up to the bridge. */
export function isSettled(world: World): boolean {
  const { life, plan } = world;
  if (life.phase !== 'running' || life.delivery.queue.queued > 0 || life.uncounted > 0) return false;
  const { channels, connections } = life.supervisor.status();
  return (
    channels.every((channel) => channel.state === 'joined' || isFinal(channel, plan)) &&
    isConnected(world, connections.needed) &&
    unforwarded(world).length === 0
  );
}

function isFinal({ state, reason }: { state: string; reason: string | null }, plan: Plan): boolean {
  const hasRoom = plan.room >= plan.channels.length;
  return state === 'refused' && reason !== 'no_answer' && (reason !== FULL || !hasRoom);
}

/** By one connection for each group of channels, and all of them as whoever should read now. */
function isConnected(world: World, needed: number): boolean {
  const { open, sessions } = world.twitch;
  const present = sessions.filter(({ client }) => client !== 'gone');
  return (
    present.length === needed &&
    open.length === needed &&
    open.every((session) => session.isWell && isRightly(world, session))
  );
}

function isRightly({ token, twitch }: World, { irc }: SimSession): boolean {
  const isGood = token !== undefined && twitch.goodTokens.has(token);
  return isGood ? irc.nick === LOGIN && irc.token === token : irc.nick.startsWith('justinfan');
}

/** Dead letters that are on the disk alone, though the bus could have them. */
export function unforwarded({ disk, life, server: { stream } }: World): readonly string[] {
  const waiting = disk.idsIn(DEAD_LETTERS).filter((id) => !life.staysLocal.has(id));
  if (waiting.length === 0) return [];
  const stored = new Set(stream.generations.flatMap((messages) => messages.map(({ id }) => id)));
  return waiting.filter((id) => !stored.has(id));
}

/** What is said now has to be read, where a channel counts as joined. @returns the keys of the lines */
export function probe(world: World): readonly string[] {
  const joined = world.life.supervisor.status().channels.filter(({ state }) => state === 'joined');
  return joined.map(({ channel }) => world.say(channel));
}
