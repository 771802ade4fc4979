import { privmsg } from './privmsg.ts';
import { harbour } from './scenes/harbour.ts';
import { kitchen } from './scenes/kitchen.ts';
import { lantern } from './scenes/lantern.ts';
import type { Scene } from './scenes/scene.ts';
import { stars } from './scenes/stars.ts';
import { between, hexDigits, seededRandom, uuid } from './seeded-random.ts';
import { Stage } from './stage.ts';

/** What there is to play. */
export const SCENES: readonly Scene[] = [kitchen, harbour, stars, lantern];

/** Channels whose names fit what is said in them. */
export const LIVELY_CHANNELS: readonly string[] = [
  'cosy_kitchen',
  'pixel_harbour',
  'star_garden',
  'lofi_lantern',
];

export type LivelyChat = {
  /** A 32-bit integer: the same one gives the same chat. */
  readonly seed: number;
  /** 0, 1, 2…: every round mixes the same scenes differently, under its own ids. */
  readonly round: number;
  /** Logins. With fewer than there are scenes, several play in one channel; with more, scenes play in several. */
  readonly channels: readonly string[];
  /** Milliseconds since 1970: the `tmi-sent-ts` of each line, asked when the line is made. */
  readonly now: () => number;
};

export type LivelyLine = {
  readonly channel: string;
  /** As Twitch sends it, without its ending. */
  readonly line: string;
  /** The silence after it, in milliseconds, at the pace of a busy evening: bursts of seven lines a second. */
  readonly pauseMs: number;
};

/** One round of synthetic, good-natured chat: a few hundred lines that use all that Twitch has to offer. */
export function* livelyChat({
  seed,
  round,
  channels,
  now,
}: LivelyChat): Generator<LivelyLine, void, undefined> {
  const random = seededRandom(seed, round);
  const pause = pacing(random);
  const stages = setStages(channels, random, now);
  for (let stage = pick(stages, random); stage; stage = pick(stages, random)) {
    for (const message of stage.next()) {
      yield { channel: message.channel, line: privmsg(message), pauseMs: pause() };
    }
  }
}

function setStages(channels: readonly string[], random: () => number, now: () => number): readonly Stage[] {
  const chance = {
    nextId: () => uuid(random),
    nextNonce: () => (random() < 0.6 ? hexDigits(random, 32) : undefined),
    now,
  };
  const stages: Stage[] = [];
  for (let index = 0; index < Math.max(SCENES.length, channels.length); index += 1) {
    const channel = channels[index % channels.length];
    const neighbour = channels[(index + 1) % channels.length];
    const scene = SCENES[index % SCENES.length];
    if (channel === undefined || scene === undefined) continue;
    stages.push(new Stage(channel, neighbour === channel ? undefined : neighbour, scene, chance));
  }
  return stages;
}

/** One of the stages, likelier the more is left to say there; undefined when all scenes are over. */
function pick(stages: readonly Stage[], random: () => number): Stage | undefined {
  let ticket = random() * stages.reduce((sum, { remaining }) => sum + Math.max(0, remaining), 0);
  return stages.find(({ remaining }) => (ticket -= Math.max(0, remaining)) < 0);
}

/** People answer each other in bursts, then somebody has to think. */
function pacing(random: () => number): () => number {
  let leftInBurst = 0;
  return () => {
    if (leftInBurst === 0) leftInBurst = between(random, 5, 15);
    leftInBurst -= 1;
    return leftInBurst > 0 ? between(random, 80, 210) : between(random, 500, 1500);
  };
}
