import assert from 'node:assert/strict';
import { test } from 'node:test';
import { between, seededRandom } from '../../../scripts/stand-in/seeded-random.ts';
import { channelNames } from './supervised-chat.ts';
import { TwitchReader } from './twitch-reader.ts';
import { mostWithin } from './virtual-twitch.ts';

const MINUTE = 60_000;
/** How many runs, each with its own chance: SEEDS=10000 for a quarter of an hour, the default for every day. */
const SEEDS = Number(process.env['SEEDS'] ?? 100);
/** For tests whose runs take longer. */
const FEWER_SEEDS = Math.ceil(SEEDS / 4);

/** A thousand channels on a network that delays each frame by up to `maxMs`, as the seed has it. */
function thousand(seed: number, maxMs: number): TwitchReader {
  const random = seededRandom(seed);
  return new TwitchReader(channelNames(1_000), { random, latency: () => between(random, 1, maxMs) });
}

/** The worst of many runs, told with the test's result. */
class Figures {
  readonly #seeds: number;
  #mostJoins = 0;
  #mostLogins = 0;
  #slowestMs = 0;

  constructor(seeds: number) {
    this.#seeds = seeds;
  }

  /** Asserts that the pace was kept. */
  add({ twitch, supervisor }: TwitchReader, seed: number): void {
    const [joins, logins] = [mostWithin(10_000, twitch.joins), mostWithin(10_000, twitch.logins)];
    assert.ok(joins <= 20, `${joins} JOINs in 10 s, seed ${seed}`);
    assert.ok(logins <= 20, `${logins} logins in 10 s, seed ${seed}`);
    const joinedAt = supervisor.status().channels.map(({ since }) => since ?? 0);
    this.#mostJoins = Math.max(this.#mostJoins, joins);
    this.#mostLogins = Math.max(this.#mostLogins, logins);
    this.#slowestMs = Math.max(this.#slowestMs, ...joinedAt);
  }

  toString(): string {
    return (
      `${this.#seeds} seeds: at most ${this.#mostJoins} JOINs and ${this.#mostLogins} logins in any 10 s,` +
      ` the last channel settled after ${(this.#slowestMs / 1_000).toFixed(1)} s`
    );
  }
}

test('a thousand channels are joined at the pace that Twitch allows, and no slower', (t) => {
  const figures = new Figures(SEEDS);
  for (let seed = 0; seed < SEEDS; seed++) {
    const reader = thousand(seed, 450);
    reader.clock.advance(49 * 11_000 + 5_000);
    assert.deepEqual(reader.counts, { joined: 1_000 }, `seed ${seed}`);
    assert.equal(reader.twitch.joins.length, 1_000);
    assert.deepEqual(reader.supervisor.status().connections, { needed: 25, registered: 25 });
    figures.add(reader, seed);
  }
  t.diagnostic(String(figures));
});

test('a thousand channels keep to the pace while connections are lost, asked to go and cut, and are all read in the end', (t) => {
  const figures = new Figures(FEWER_SEEDS);
  for (let seed = 0; seed < FEWER_SEEDS; seed++) {
    const reader = thousand(seed, 900);
    const random = seededRandom(seed, 1);
    for (let round = 0; round < 40; round++) {
      reader.clock.advance(between(random, 0, 20_000));
      const { alive } = reader.twitch;
      const session = alive[between(random, 0, alive.length - 1)];
      const what = between(random, 0, 3);
      if (what === 0) session?.end();
      if (what === 1) session?.reconnect();
      if (what === 2 && session) session.isCut = true;
      if (what === 3) for (const one of alive) if (random() < 0.3) one.end();
    }
    reader.clock.advance(20 * MINUTE);
    assert.deepEqual(reader.counts, { joined: 1_000 }, `seed ${seed}`);
    assert.deepEqual(reader.uncovered, []);
    figures.add(reader, seed);
  }
  t.diagnostic(String(figures));
});

test('a thousand lost logins keep to the pace of logins too', (t) => {
  const figures = new Figures(FEWER_SEEDS);
  for (let seed = 0; seed < FEWER_SEEDS; seed++) {
    const reader = thousand(seed, 900);
    for (let second = 0; second < 120; second++) {
      reader.clock.advance(1_000);
      for (const session of reader.twitch.alive) if (session.nick !== '') session.end();
    }
    assert.ok(reader.twitch.logins.length > 100);
    figures.add(reader, seed);
  }
  t.diagnostic(String(figures));
});

test('a hundred ghosts among 500 channels disturb nobody, and each has a reason', () => {
  const names = channelNames(500);
  const ghosts = names.filter((_, index) => index % 5 === 0);
  const reader = new TwitchReader(names);
  ghosts.forEach((name, index) =>
    reader.twitch.refusals.set(name, index % 2 === 0 ? 'ghost' : 'msg_channel_suspended'),
  );
  reader.clock.advance(24 * 11_000 + 15_000);
  assert.deepEqual(reader.counts, { joined: 400, refused: 100 });
  const { sessions } = reader.twitch;
  const opened = sessions.length;
  reader.clock.advance(120 * MINUTE);
  assert.equal(sessions.length, opened);
  assert.deepEqual(reader.gaps, []);
  assert.deepEqual(reader.counts, { joined: 400, refused: 100 });
  const reasons = ghosts.map((name) => reader.channel(name).reason);
  assert.deepEqual(new Set(reasons), new Set(['no_answer', 'msg_channel_suspended']));
  const asked = (name: string): number => reader.twitch.asked.get(name) ?? 0;
  assert.ok(names.every((name) => ghosts.includes(name) || asked(name) === 1));
  assert.equal(mostWithin(10_000, reader.twitch.joins), 20);
});

test('ghosts do not keep a lost connection waiting', () => {
  const names = channelNames(80);
  const reader = new TwitchReader(names, { channelsPerConnection: 20 });
  for (const name of names.slice(20)) reader.twitch.refusals.set(name, 'ghost');
  reader.clock.advance(10 * MINUTE);
  reader.twitch.session(0).end();
  reader.clock.advance(12_000);
  assert.deepEqual(reader.counts, { joined: 20, refused: 60 });
});

test('a connection that comes and goes does not keep others from joining', () => {
  const reader = new TwitchReader(channelNames(200));
  for (let second = 0; second < 240; second++) {
    reader.clock.advance(1_000);
    const [first] = reader.twitch.alive;
    if (first?.channels.has('c000')) first.end();
  }
  assert.ok((reader.counts['joined'] ?? 0) >= 160);
});

test('one state for all: connecting until each has registered, then connected, reconnecting while one is not', () => {
  const reader = new TwitchReader(channelNames(50), { channelsPerConnection: 2 });
  const seen = (): unknown => {
    const { state, connections } = reader.supervisor.status();
    return [state, connections.registered, connections.needed];
  };
  reader.clock.advance(5_000);
  assert.deepEqual(seen(), ['connecting', 20, 25]);
  reader.clock.advance(10_000);
  assert.deepEqual(seen(), ['connected', 25, 25]);
  assert.deepEqual(reader.supervisor.degraded(), []);
  reader.twitch.session(3).end();
  reader.clock.advance(60);
  assert.deepEqual(seen(), ['reconnecting', 24, 25]);
  assert.match(reader.supervisor.degraded()[0]?.sentence ?? '', /only 24 of 25 connections.*closed/);
});

test('a thousand channels are shown in a few milliseconds', () => {
  const reader = new TwitchReader(channelNames(1_000));
  const from = performance.now();
  for (let look = 0; look < 100; look++) {
    assert.equal(reader.supervisor.status().channels.length, 1_000);
    reader.supervisor.degraded();
  }
  assert.ok(performance.now() - from < 2_000);
});
