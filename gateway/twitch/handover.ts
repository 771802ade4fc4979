import type { Link } from './link.ts';

/** What the connections of one slot, oldest first, mean to each other while one takes over from another. */
type Links = readonly Link[];

/** Lets those go that should be replaced and that a newer one covers. */
export function retireCovered(links: Links): void {
  links.forEach((old, index) => {
    if (old.isOutgoing && links.slice(index + 1).some((newer) => newer.covers(old))) old.retire();
  });
}

/** One should go, and one that may stay has registered. */
export function isOverlap(links: Links): boolean {
  const hasSuccessor = links.some(({ isFit, readingSince }) => isFit && readingSince !== undefined);
  return hasSuccessor && links.some(({ isOutgoing }) => isOutgoing);
}

/** The one through which new channels are joined. */
export function newestReading(links: Links): Link | undefined {
  return links.findLast(({ readingSince }) => readingSince !== undefined);
}

export function holderOf(links: Links, channel: string): Link | undefined {
  return links.find((link) => link.holds(channel));
}

/** Once none is in a channel any more, whatever waited for that joins it, if its JOIN still has its place in the pace. */
export function joinWhereRoomWasMade(links: Links, channel: string, now: number): void {
  if (links.some((link) => link.occupies(channel))) return;
  for (const link of links) if (link.roomMade(channel, now)) link.join([channel]);
}
