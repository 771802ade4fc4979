/**
 * The channels of one shard, in the order given: each channel belongs to exactly one of `count` shards, chosen by
 * rendezvous hashing (https://en.wikipedia.org/wiki/Rendezvous_hashing). The choice depends only on the channel and the
 * count, and a shard that is added takes its part from all others while nothing else moves.
 *
 * @param channels logins
 * @param index from 0 to count - 1
 */
export function channelsOfShard(
  channels: readonly string[],
  index: number,
  count: number,
): readonly string[] {
  return channels.filter((channel) => shardOf(channel, count) === index);
}

/** An account's JOINs, shared among its shards: what each may send in the time to which `limit` applies. */
export function joinLimitOfShard(limit: number, count: number): number {
  return Math.floor(limit / count);
}

/** The shard with the highest weight for this channel; the first of two equal ones. */
function shardOf(channel: string, count: number): number {
  const hash = fnv1a(channel);
  let [best, bestWeight] = [0, -1];
  for (let shard = 0; shard < count; shard++) {
    const weight = mixed(hash ^ mixed(shard + 1));
    if (weight > bestWeight) [best, bestWeight] = [shard, weight];
  }
  return best;
}

/** 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}

/** The finalizer of MurmurHash3: every bit of the input changes each bit of the output with probability one half. */
function mixed(bits: number): number {
  let hash = bits;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
