import type { Link } from './link.ts';
import { FULL, type Refusal } from './refusals.ts';
import type { WantedChannel } from './wanted-channel.ts';

/** How the connections of one slot, oldest first, relate while one takes over from another. */
type Links = readonly Link[];

/** Lets go of those that should be replaced and that a newer one covers. */
export function retireCovered(links: Links): void {
  retire(
    links.filter((old, index) => old.isOutgoing && links.slice(index + 1).some((newer) => newer.covers(old))),
  );
}

export function retire(links: Links): void {
  for (const link of links) link.retire();
}

/** One should go, and one that may stay has registered. */
export function isOverlap(links: Links): boolean {
  const hasSuccessor = links.some(({ isFit, readingSince }) => isFit && readingSince !== undefined);
  return hasSuccessor && links.some(({ isOutgoing }) => isOutgoing);
}

/**
 * The new one has yet to ask for channels of an old one, which wait for their turn in the pace.
 *
 * @param isRefused the channel was refused, and its turn comes much later: that is not waited for
 */
export function awaitsTurn(links: Links, isRefused: (channel: string) => boolean): boolean {
  const newest = newestReading(links);
  return links.some(
    (old) => old.isOutgoing && newest?.toBeAskedFor(old).some((channel) => !isRefused(channel)),
  );
}

/** The one through which new channels are joined. */
export function newestReading(links: Links): Link | undefined {
  return links.findLast(({ readingSince }) => readingSince !== undefined);
}

export function holderOf(links: Links, channel: string): Link | undefined {
  return links.find((link) => link.holds(channel));
}

/** Once no connection is in a channel any more, the one that waited for that joins it, if its JOIN still has its place in the pace. */
export function joinWhereRoomWasMade(links: Links, channel: string, now: number): void {
  if (links.some((link) => link.occupies(channel))) return;
  for (const link of links) if (link.roomMade(channel, now)) link.join([channel]);
}

/**
 * Whether a refusal is not the last word, and the channel asked for again at once: a full account has room again once
 * the handover is over, and what goes unanswered here may still be read by another connection.
 *
 * @param isTakingOver some connection of the account is
 */
export function isPassing(
  refusal: Refusal,
  channel: WantedChannel,
  links: Links,
  isTakingOver: boolean,
): boolean {
  if (refusal === FULL) return isTakingOver && !channel.isRefused;
  return refusal === 'no_answer' && holderOf(links, channel.name) !== undefined;
}
