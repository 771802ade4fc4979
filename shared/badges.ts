import { note, shown, type Anomalies } from './anomalies.ts';
import { readFlag, readText, type Tags } from './tag-values.ts';

/** Badge set id → version (or, in `badge-info`, its detail), in Twitch's order. */
export type Badges = ReadonlyMap<string, string>;

export type Role = 'broadcaster' | 'moderator' | 'vip' | 'subscriber' | 'viewer';

/** What a user is in the channel. */
export type Standing = {
  readonly badges: Badges;
  readonly isMod: boolean;
  readonly isSubscriber: boolean;
  readonly role: Role;
};

/**
 * A badge list: `set-id/version,set-id/version`. What follows the first slash is the version, whatever it holds:
 * `badge-info` puts the title of a prediction there. An entry that cannot be read or repeats a set id is left out.
 */
export function readBadges(tags: Tags, name: string, anomalies: Anomalies): Badges {
  return parseBadges(readText(tags, name), name, anomalies);
}

/** @param name of the tag, for the anomalies */
export function parseBadges(value: string, name: string, anomalies: Anomalies): Badges {
  const badges = new Map<string, string>();
  if (value === '') return badges;
  for (const entry of value.split(',')) {
    const slash = entry.indexOf('/');
    const setId = entry.slice(0, Math.max(slash, 0));
    const version = entry.slice(slash + 1);
    if (setId === '' || version === '') note(anomalies, name, `"${shown(entry)}" is not <set id>/<version>`);
    else if (badges.has(setId)) note(anomalies, name, `"${shown(setId)}" is repeated`);
    else badges.set(setId, version);
  }
  return badges;
}

/**
 * Badges decide, tags help out: Twitch sends `mod=0` for a lead moderator and `subscriber=0` for a founder.
 * The tags are read first, so that a malformed one is always noted.
 */
export function readStanding(tags: Tags, badges: Badges, anomalies: Anomalies): Standing {
  const mod = readFlag(tags, 'mod', anomalies);
  const vip = readFlag(tags, 'vip', anomalies);
  return standingOf(badges, mod, vip, readFlag(tags, 'subscriber', anomalies));
}

/** What its badges, and the flags `mod`, `vip` and `subscriber`, make of a user. */
export function standingOf(badges: Badges, mod: boolean, vip: boolean, subscriber: boolean): Standing {
  const isMod = mod || badges.has('moderator') || badges.has('lead_moderator');
  const isVip = vip || badges.has('vip');
  const isSubscriber = subscriber || badges.has('subscriber') || badges.has('founder');
  const isBroadcaster = badges.has('broadcaster');
  return { badges, isMod, isSubscriber, role: highestRole(isBroadcaster, isMod, isVip, isSubscriber) };
}

function highestRole(isBroadcaster: boolean, isMod: boolean, isVip: boolean, isSubscriber: boolean): Role {
  if (isBroadcaster) return 'broadcaster';
  if (isMod) return 'moderator';
  if (isVip) return 'vip';
  return isSubscriber ? 'subscriber' : 'viewer';
}
