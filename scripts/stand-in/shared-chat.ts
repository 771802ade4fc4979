import { accountId } from './account-id.ts';
import type { Privmsg } from './privmsg.ts';

/** Badges that are worn in a single channel. */
const LOCAL_BADGES = /^(?:artist-badge|bits|broadcaster|founder|lead_moderator|moderator|subscriber|vip)\//;

/**
 * A message and its copy in another channel: each has an id of its own, and both carry the `source-` tags of the
 * original (https://dev.twitch.tv/docs/chat/irc/#shared-chat).
 */
export function inSharedChat(message: Privmsg, otherChannel: string, copyId: string): readonly Privmsg[] {
  const { speaker } = message;
  const tags = {
    ...message.tags,
    'source-badge-info': speaker.badgeInfo,
    'source-badges': speaker.badges,
    'source-id': message.id,
    'source-room-id': accountId(message.channel),
  };
  const badges = speaker.badges.split(',').filter((badge) => !LOCAL_BADGES.test(badge));
  const guest = { ...speaker, badges: badges.join(','), badgeInfo: '' };
  return [
    { ...message, tags },
    { ...message, tags, id: copyId, channel: otherChannel, speaker: guest },
  ];
}
