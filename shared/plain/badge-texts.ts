import type { Anomalies } from '../anomalies.ts';
import { parseBadges, type Badges } from '../badges.ts';
import { remembered } from '../remembered.ts';

/** A badge list, and what of it stands in every envelope: JSON. */
export type BadgeTexts = {
  readonly badges: Badges;
  /** All of it could be read. */
  readonly isSound: boolean;
  readonly setIds: Uint8Array;
  readonly versions: Uint8Array;
};

/** By the value of the tag. Chatters of a busy evening wear some thousands of different lists. */
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
