import { holderOf, newestReading } from './handover.ts';
import type { Wish } from './join-pacer.ts';
import type { Link } from './link.ts';
import type { WantedChannel } from './wanted-channel.ts';

/** Makes `holder` leave the channel, after which `link` joins it. */
export type MakeRoom = (channel: string, holder: Link, link: Link, paidUntil: number) => void;

/**
 * The JOINs for `channels` that a slot has yet to send.
 *
 * @param links its connections, oldest first
 * @param makeRoom undefined: two connections may be in one channel
 */
export function* wishesFor(
  channels: Iterable<WantedChannel>,
  links: readonly Link[],
  makeRoom: MakeRoom | undefined,
): Generator<Wish> {
  const link = newestReading(links);
  if (!link) return;
  for (const channel of channels) {
    const { name, joinAt } = channel;
    if (!link.lacks(name)) continue;
    const holder = makeRoom && holderOf(links, name);
    const at = Math.max(joinAt, link.readingSince ?? 0);
    yield { channel, link, at, makeRoom: holder && ((until) => makeRoom(name, holder, link, until)) };
  }
}
