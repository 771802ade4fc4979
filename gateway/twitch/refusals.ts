/**
 * The `msg-id` of a NOTICE that answers a JOIN with no (https://dev.twitch.tv/docs/chat/irc/#notice, and for the last
 * two what the server sends). They concern one channel: none is a reason to reconnect.
 */
const NOTICE_REFUSALS = [
  'msg_channel_suspended',
  'msg_banned',
  'tos_ban',
  'msg_room_not_found',
  'no_permission',
  'msg_channel_blocked',
  'msg_concurrent_channel_limit_reached',
] as const;

/** `banned`: the server parted us. `no_answer`: Twitch is silent about a channel that does not exist. */
export const REFUSALS = [...NOTICE_REFUSALS, 'banned', 'no_answer'] as const;
export type Refusal = (typeof REFUSALS)[number];

export function refusalOf(msgId: string | undefined): Refusal | undefined {
  return NOTICE_REFUSALS.find((refusal) => refusal === msgId);
}
