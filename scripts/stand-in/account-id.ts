/**
 * A stable made-up Twitch id for a login: the 32-bit FNV-1a hash, so nine or ten digits.
 * It serves as `user-id` of the account and as `room-id` of its channel, which are the same on Twitch.
 */
export function accountId(login: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(login)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return String(100_000_000 + hash);
}
