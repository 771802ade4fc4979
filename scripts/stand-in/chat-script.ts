/**
 * How the stand-in behaves: a plain record that a test may change at any moment.
 * A change applies from then on; what is already joined stays joined.
 */
export type ChatScript = {
  /** `hang`: the HTTP upgrade is never answered. `refuse`: it is answered with 503. `reset`: TCP is reset. */
  handshake: 'accept' | 'hang' | 'refuse' | 'reset';
  /** Tokens that log in, without `oauth:`; undefined: any. Anonymous logins (`justinfan…`) need none. */
  tokens: ReadonlySet<string> | undefined;
  /** Every login is refused with this NOTICE, e.g. `Login unsuccessful`; undefined: logins are judged by their token. */
  loginRefusal: string | undefined;
  /** `pongs`: PING is not answered. `everything`: the socket is open and nothing is ever answered. */
  mute: 'nothing' | 'pongs' | 'everything';
  /** Channels whose JOIN does not succeed. `ghost`: it is dropped without a word, as Twitch does for unknown logins. */
  readonly refusals: Map<string, 'ghost' | JoinNotice>;
};

/** The `msg-id` of a NOTICE that answers a JOIN. */
export type JoinNotice = keyof typeof JOIN_NOTICES;

/** What Twitch says with each (https://dev.twitch.tv/docs/chat/irc/#notice-message-ids). */
export const JOIN_NOTICES = {
  msg_channel_suspended: 'This channel does not exist or has been suspended.',
  msg_banned: 'You are permanently banned from talking in this channel.',
  msg_room_not_found: 'The room was not found.',
  msg_concurrent_channel_limit_reached: 'You have joined too many channels.',
  tos_ban: 'The community has closed this channel due to Terms of Service violations.',
};

export function wellBehaved(): ChatScript {
  return {
    handshake: 'accept',
    tokens: undefined,
    loginRefusal: undefined,
    mute: 'nothing',
    refusals: new Map(),
  };
}
