import { between, seededRandom } from '../../scripts/stand-in/seeded-random.ts';
import type { Random } from '../../gateway/clock.ts';

/** Everything that is left to chance, from one seed. */
export type Chance = {
  readonly random: Random;
  /** A whole number in [low, high]. */
  whole(low: number, high: number): number;
  hit(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** By weight. */
  weighted<K extends string>(weights: Readonly<Partial<Record<K, number>>>): K;
};

/** @param stream sequences of one seed that have nothing to do with each other */
export function chanceOf(seed: number, stream: number): Chance {
  const random = seededRandom(seed, stream);
  const whole = (low: number, high: number): number => between(random, low, high);
  return {
    random,
    whole,
    hit: (probability) => random() < probability,
    pick(items) {
      const item = items[whole(0, items.length - 1)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
    weighted<K extends string>(weights: Readonly<Partial<Record<K, number>>>): K {
      const entries = Object.entries(weights) as [K, number][];
      let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of entries) {
        left -= weight;
        if (left < 0) return name;
      }
      throw new Error('no weights');
    },
  };
}
