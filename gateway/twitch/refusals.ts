const MINUTE_MS = 60_000;

type Schedule = { readonly firstMs: number; readonly lastMs: number };

/** A mistyped name, or a server that lost a JOIN. */
const SOON: Schedule = { firstMs: MINUTE_MS, lastMs: 15 * MINUTE_MS };
/** Bans end and channels come back, but not within minutes. */
const LATER: Schedule = { firstMs: 15 * MINUTE_MS, lastMs: 60 * MINUTE_MS };

/**
 * The `msg-id` of a NOTICE that refuses a JOIN (https://dev.twitch.tv/docs/chat/irc/#notice, and for the last two what
 * the server sends), and when to ask again. Each concerns one channel: none is a reason to reconnect.
 */
const NOTICES = {
  msg_channel_suspended: LATER,
  msg_banned: LATER,
  tos_ban: LATER,
  msg_room_not_found: LATER,
  no_permission: LATER,
  msg_channel_blocked: LATER,
  msg_concurrent_channel_limit_reached: SOON,
};

const SCHEDULES = {
  ...NOTICES,
  /** The server parted us. */
  banned: LATER,
  /** Twitch is silent about a channel that does not exist. */
  no_answer: SOON,
};

/** The account is in as many channels as it may be. */
export const FULL = 'msg_concurrent_channel_limit_reached';

export type Refusal = keyof typeof SCHEDULES;
export const REFUSALS = Object.keys(SCHEDULES) as readonly Refusal[];

export function refusalOf(msgId: string | undefined): Refusal | undefined {
  return msgId !== undefined && Object.hasOwn(NOTICES, msgId) ? (msgId as Refusal) : undefined;
}

/**
 * How long to wait until the channel is asked for again.
 *
 * @param times how often in a row it was refused like this, from 1
 * @returns milliseconds
 */
export function retryMs(refusal: Refusal, times: number): number {
  const { firstMs, lastMs } = SCHEDULES[refusal];
  return Math.min(lastMs, firstMs * 2 ** (times - 1));
}
