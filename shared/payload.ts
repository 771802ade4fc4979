import { note, type Anomalies } from './anomalies.ts';
import { readBadges, type Standing } from './badges.ts';
import { readEmotes, type Emote } from './emotes.ts';
import { readColor, readFlag, readNumber, readText, readTime, type Tags } from './tag-values.ts';
import type { Message } from './tmi-parser.ts';

const CTCP_DELIMITER = '\u0001';
const ACTION = `${CTCP_DELIMITER}ACTION`;

/** What was said, and everything that Twitch said about it. */
export type Payload = {
  readonly text: string;
  readonly messageId: string;
  readonly sentAt: string;
  readonly isAction: boolean;
  readonly isMod: boolean;
  readonly isSubscriber: boolean;
  readonly isFirstMessage: boolean;
  readonly isReturningChatter: boolean;
  readonly color: string;
  readonly badges: readonly string[];
  readonly badgeVersions: Readonly<Record<string, string>>;
  readonly badgeInfo: Readonly<Record<string, string>>;
  readonly bits: number;
  readonly emotes: readonly Emote[];
  readonly reply?: Reply;
  readonly sharedChat?: SharedChat;
  readonly paid?: Paid;
  readonly rewardId?: string;
  readonly noticeId?: string;
  readonly raw: { readonly tags: Readonly<Record<string, string>>; readonly line?: string };
  readonly anomalies?: readonly string[];
};

export type Reply = {
  readonly messageId: string;
  readonly userId: string;
  readonly userName: string;
  readonly displayName: string;
  readonly text: string;
  readonly threadMessageId: string;
  readonly threadUserName: string;
};

/** `isOrigin`: written in this channel, not copied into it. */
export type SharedChat = {
  readonly channelId: string;
  readonly messageId: string;
  readonly isOrigin: boolean;
  readonly badges: readonly string[];
};

/** A Hype Chat: `amount` × 10^−`exponent` of `currency`. */
export type Paid = {
  readonly amount: number;
  readonly currency: string;
  readonly exponent: number;
  readonly level: string;
  readonly isSystemMessage: boolean;
};

/** Everything in the payload that is read from the message; `raw` and `anomalies` come when all of it has been read. */
export function readPayload(
  message: Message,
  messageId: string,
  standing: Standing,
  anomalies: Anomalies,
): Omit<Payload, 'raw' | 'anomalies'> {
  const { tags } = message;
  const { text, isAction } = unwrapAction(readTrailing(message, anomalies));
  return {
    text,
    messageId,
    sentAt: readTime(tags, 'tmi-sent-ts', anomalies),
    isAction,
    isMod: standing.isMod,
    isSubscriber: standing.isSubscriber,
    isFirstMessage: readFlag(tags, 'first-msg', anomalies),
    isReturningChatter: readFlag(tags, 'returning-chatter', anomalies),
    color: readColor(tags, 'color', anomalies),
    badges: [...standing.badges.keys()],
    badgeVersions: Object.fromEntries(standing.badges),
    badgeInfo: Object.fromEntries(readBadges(tags, 'badge-info', anomalies)),
    bits: readNumber(tags, 'bits', anomalies),
    emotes: readEmotes(tags, text, anomalies),
    ...readOptional(tags, anomalies),
  };
}

function readTrailing({ params }: Message, anomalies: Anomalies): string {
  if (params.length > 2) note(anomalies, 'text', `is followed by ${params.length - 2} more parameters`);
  if (params[1] === undefined) note(anomalies, 'text', 'is missing');
  return params[1] ?? '';
}

/**
 * Takes off the CTCP wrapper of `/me`: `\u0001ACTION text\u0001`. The closing delimiter is optional, as CTCP has it
 * (https://modern.ircdocs.horse/ctcp): a text cut to the maximum length has lost it.
 */
function unwrapAction(trailing: string): { readonly text: string; readonly isAction: boolean } {
  const body = trailing.endsWith(CTCP_DELIMITER) ? trailing.slice(0, -1) : trailing;
  const isAction = body === ACTION || body.startsWith(`${ACTION} `);
  return { text: isAction ? body.slice(ACTION.length + 1) : trailing, isAction };
}

/** The members that most messages do not have. */
function readOptional(
  tags: Tags,
  anomalies: Anomalies,
): Pick<Payload, 'reply' | 'sharedChat' | 'paid' | 'rewardId' | 'noticeId'> {
  const rewardId = readText(tags, 'custom-reward-id');
  const noticeId = readText(tags, 'msg-id');
  return {
    ...(tags.get('reply-parent-msg-id') && { reply: readReply(tags) }),
    ...(tags.get('source-room-id') && { sharedChat: readSharedChat(tags, anomalies) }),
    ...(tags.get('pinned-chat-paid-amount') && { paid: readPaid(tags, anomalies) }),
    ...(rewardId && { rewardId }),
    ...(noticeId && { noticeId }),
  };
}

function readReply(tags: Tags): Reply {
  return {
    messageId: readText(tags, 'reply-parent-msg-id'),
    userId: readText(tags, 'reply-parent-user-id'),
    userName: readText(tags, 'reply-parent-user-login'),
    displayName: readText(tags, 'reply-parent-display-name'),
    text: readText(tags, 'reply-parent-msg-body'),
    threadMessageId: readText(tags, 'reply-thread-parent-msg-id'),
    threadUserName: readText(tags, 'reply-thread-parent-user-login'),
  };
}

function readSharedChat(tags: Tags, anomalies: Anomalies): SharedChat {
  const channelId = readText(tags, 'source-room-id');
  return {
    channelId,
    messageId: readText(tags, 'source-id'),
    isOrigin: channelId === readText(tags, 'room-id'),
    badges: [...readBadges(tags, 'source-badges', anomalies).keys()],
  };
}

function readPaid(tags: Tags, anomalies: Anomalies): Paid {
  return {
    amount: readNumber(tags, 'pinned-chat-paid-amount', anomalies),
    currency: readText(tags, 'pinned-chat-paid-currency'),
    exponent: readNumber(tags, 'pinned-chat-paid-exponent', anomalies),
    level: readText(tags, 'pinned-chat-paid-level'),
    isSystemMessage: readFlag(tags, 'pinned-chat-paid-is-system-message', anomalies),
  };
}
