import type { ChatMessage, ChatUser } from '@twurple/chat';

/**
 * The envelope as one would make it from Twurple's message, without the care that ours takes: no anomalies, and emote
 * positions as Twitch counts them.
 */
export function twurpleEnvelope(message: ChatMessage, finalizationDestination: string): object {
  const { id, userInfo } = message;
  return {
    v: '1',
    id,
    correlationId: id,
    traceId: id.replaceAll('-', ''),
    timestamp: new Date().toISOString(),
    type: 'external.chat.message.v1',
    source: { platform: 'twitch', channel: message.target.slice(1), channelId: message.channelId },
    user: {
      id: userInfo.userId,
      name: userInfo.userName,
      displayName: userInfo.displayName,
      profileImageUrl: '',
      role: roleOf(userInfo),
    },
    routingSlip: [],
    finalizationDestination,
    payload: {
      text: message.text,
      messageId: id,
      sentAt: message.date.toISOString(),
      isAction: message.text.startsWith('\u0001ACTION '),
      isMod: userInfo.isMod,
      isSubscriber: userInfo.isSubscriber,
      isFirstMessage: message.isFirst,
      isReturningChatter: message.isReturningChatter,
      color: userInfo.color ?? '',
      badges: [...userInfo.badges.keys()],
      badgeVersions: Object.fromEntries(userInfo.badges),
      badgeInfo: Object.fromEntries(userInfo.badgeInfo),
      bits: message.bits,
      emotes: emotes(message),
      ...(message.parentMessageId !== null && { reply: reply(message) }),
      raw: { tags: Object.fromEntries(message.tags) },
    },
  };
}

function roleOf({ isBroadcaster, isMod, isVip, isSubscriber }: ChatUser): string {
  if (isBroadcaster) return 'broadcaster';
  if (isMod) return 'moderator';
  if (isVip) return 'vip';
  return isSubscriber ? 'subscriber' : 'viewer';
}

function emotes({ emoteOffsets, text }: ChatMessage): object[] {
  return Array.from(emoteOffsets, ([id, ranges]) =>
    ranges.map((range) => {
      const [first = 0, last = 0] = range.split('-').map(Number);
      return { id, name: text.slice(first, last + 1), start: first, end: last + 1 };
    }),
  ).flat();
}

function reply(message: ChatMessage): object {
  return {
    messageId: message.parentMessageId,
    userId: message.parentMessageUserId,
    userName: message.parentMessageUserName,
    displayName: message.parentMessageUserDisplayName,
    text: message.parentMessageText,
    threadMessageId: message.threadMessageId,
  };
}
