import assert from 'node:assert/strict';
import { test } from 'node:test';
import { between, seededRandom } from '../../../scripts/stand-in/seeded-random.ts';
import { channelNames } from './supervised-chat.ts';
import { TwitchReader } from './twitch-reader.ts';
import type { VirtualSession } from './virtual-session.ts';
import { mostWithin } from './virtual-twitch.ts';

const MINUTE = 60_000;
/** How many runs, each with its own chance: SEEDS=1000 for some minutes. */
const SEEDS = Number(process.env['SEEDS'] ?? 5);
const EVERYBODY = channelNames(60);
const REFUSALS = ['ghost', 'msg_banned', 'msg_channel_suspended'];
const SLOWEST_MS = 400;

type Chance = (least: number, most: number) => number;
type Trouble = (reader: TwitchReader, session: VirtualSession, chance: Chance) => void;
type Said = { readonly id: string; readonly channel: string; readonly at: number };

const anybody = (chance: Chance): string => EVERYBODY[chance(0, EVERYBODY.length - 1)] ?? '';

const TROUBLES: readonly Trouble[] = [
  (_reader, session) => session.reconnect(),
  (_reader, session) => session.end(),
  (_reader, session) => (session.isCut = true),
  (_reader, session) => (session.isMuted = true),
  (_reader, session, chance) => session.part(anybody(chance)),
  ({ twitch }) => {
    for (const session of twitch.alive) session.reconnect();
  },
  ({ twitch }, _session, chance) => twitch.refusals.set(anybody(chance), REFUSALS[chance(0, 2)] ?? ''),
  ({ twitch }) => (twitch.isAccepting = !twitch.isAccepting),
  ({ twitch }, _session, chance) => (twitch.channelLimit = chance(50, 90)),
];

const OTHER_CHANNELS: Trouble = ({ supervisor }, _session, chance) =>
  supervisor.setChannels(EVERYBODY.filter((_, index) => index === 0 || chance(0, 2) > 0));

/** Minutes of trouble, then peace for as long as the slowest retry may take. `said`: in channels shown as joined. */
function live(seed: number, troubles: readonly Trouble[]): { reader: TwitchReader; said: readonly Said[] } {
  const random = seededRandom(seed);
  const chance: Chance = (least, most) => between(random, least, most);
  const latency = (): number => chance(1, SLOWEST_MS);
  const reader = new TwitchReader(EVERYBODY, { random, latency, channelsPerConnection: chance(5, 40) });
  const said: Said[] = [];
  for (let round = 0; round < 60; round++) {
    for (let seconds = chance(0, 10); seconds > 0; seconds--) said.push(...chatFor(1_000, reader));
    const { alive } = reader.twitch;
    const session = alive[chance(0, alive.length - 1)];
    if (session) troubles[chance(0, troubles.length - 1)]?.(reader, session, chance);
    else reader.twitch.isAccepting = true;
  }
  calm(reader);
  return { reader, said };
}

function chatFor(ms: number, reader: TwitchReader): readonly Said[] {
  const at = reader.clock.now();
  const { channels } = reader.supervisor.status();
  const joined = channels.filter(({ state }) => state === 'joined').map(({ channel }) => channel);
  const ids = reader.chatFor(ms, joined, ms);
  return joined.map((channel, index) => ({ id: ids[index] ?? '', channel, at }));
}

function calm({ twitch, supervisor, clock }: TwitchReader): void {
  twitch.isAccepting = true;
  twitch.channelLimit = Infinity;
  twitch.refusals.clear();
  for (const session of twitch.alive) session.isMuted = false;
  supervisor.setChannels(EVERYBODY);
  clock.advance(70 * MINUTE);
}

test('whatever happens, all channels are read in the end, each by one connection, at the pace allowed', async () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const { supervisor, twitch, clock, counts, uncovered } = live(seed, [...TROUBLES, OTHER_CHANNELS]).reader;
    const { state, connections } = supervisor.status();
    assert.deepEqual([counts, uncovered, state], [{ joined: 60 }, [], 'connected'], `seed ${seed}`);
    const alive = twitch.alive.filter(({ isCut }) => !isCut);
    assert.equal(alive.length, connections.needed, `seed ${seed}`);
    const read = alive.flatMap(({ channels }) => Array.from(channels));
    assert.deepEqual(read.sort(), EVERYBODY, `seed ${seed}`);
    assert.ok(mostWithin(10_000, twitch.joins) <= 20, `seed ${seed}`);
    assert.ok(mostWithin(10_000, twitch.logins) <= 20, `seed ${seed}`);
    const stopped = supervisor.stop();
    clock.advance(1_500);
    await stopped;
    assert.equal(clock.pending, 0, `seed ${seed}`);
  }
});

test('whatever happens, a line that did not come was said in a gap that was told', () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const { reader, said } = live(seed, TROUBLES);
    const came = new Set(reader.ids);
    const missing = said.filter(({ id }) => !came.has(id));
    assert.ok(said.length > 1_000 && missing.length < said.length / 2, `seed ${seed}`);
    const unexplained = missing.filter(
      ({ channel, at }) =>
        !reader.gaps.some(
          (gap) => gap.channel === channel && gap.from - SLOWEST_MS <= at && at <= gap.to + SLOWEST_MS,
        ),
    );
    assert.deepEqual(unexplained, [], `seed ${seed}`);
  }
});
