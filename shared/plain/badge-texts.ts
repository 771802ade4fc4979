import type { Anomalies } from '../anomalies.ts';
import { parseBadges, type Badges } from '../badges.ts';
import { remembered } from '../remembered.ts';

/** A badge list, and the JSON that every envelope has of it. */
export type BadgeTexts = {
  readonly badges: Badges;
  /** All of it could be read. */
  readonly isSound: boolean;
  readonly setIds: Uint8Array;
  readonly versions: Uint8Array;
};

/** By the value of the tag. On a busy evening chatters wear a few thousand different lists. */
export const badgeTexts = remembered((value): BadgeTexts => {
  const anomalies: Anomalies = [];
  const badges = parseBadges(value, '', anomalies);
  return {
    badges,
    isSound: anomalies.length === 0,
    setIds: Buffer.from(JSON.stringify([...badges.keys()])),
    versions: Buffer.from(JSON.stringify(Object.fromEntries(badges))),
  };
}, 4096);
