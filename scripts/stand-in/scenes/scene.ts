/** Stands for whoever owns the channel in which a scene is played. */
export const HOST = 'host';

/** One evening in one channel, written down: who is there, and what they say in which order. */
export type Scene = {
  /** By login; {@link HOST} is not among them. */
  readonly cast: Readonly<Record<string, CastMember>>;
  readonly remarks: readonly Remark[];
};

export type CastMember = {
  /** The login in other letter case, or a name in Japanese, Chinese or Korean; else the login. */
  readonly displayName?: string;
  /** `#RRGGBB`, unless it was never chosen. */
  readonly color?: string;
  /** As in the tags `badges` and `badge-info`. */
  readonly badges?: string;
  readonly badgeInfo?: string;
};

export type Remark = {
  readonly by: string;
  readonly text: string;
  /** Said with /me. */
  readonly isAction?: true;
  /** Answers the latest remark of this member of the cast. */
  readonly replyTo?: string;
  /** Said while the channel shares its chat with another one. */
  readonly isShared?: true;
  /** What makes it special on Twitch. */
  readonly tags?: Readonly<Record<string, string>>;
};

export const say = (by: string, text: string): Remark => ({ by, text });

export const me = (by: string, text: string): Remark => ({ by, text, isAction: true });

export const reply = (by: string, replyTo: string, text: string): Remark => ({ by, text, replyTo });

export const shared = (by: string, text: string): Remark => ({ by, text, isShared: true });

export const firstEver = (by: string, text: string): Remark => ({ by, text, tags: { 'first-msg': '1' } });

export const returning = (by: string, text: string): Remark => ({
  by,
  text,
  tags: { 'returning-chatter': '1' },
});

export const cheer = (by: string, bits: number, text: string): Remark => ({
  by,
  text: `Cheer${bits} ${text}`,
  tags: { bits: String(bits) },
});

export const highlight = (by: string, text: string): Remark => ({
  by,
  text,
  tags: { 'msg-id': 'highlighted-message' },
});

export const redeem = (by: string, rewardId: string, text: string): Remark => ({
  by,
  text,
  tags: { 'custom-reward-id': rewardId },
});

/** @param amount in the currency's smallest unit, of which 10^exponent make a whole one */
export const hypeChat = (
  by: string,
  amount: number,
  currency: string,
  exponent: number,
  text: string,
): Remark => ({
  by,
  text,
  tags: {
    'pinned-chat-paid-amount': String(amount),
    'pinned-chat-paid-canonical-amount': String(amount),
    'pinned-chat-paid-currency': currency,
    'pinned-chat-paid-exponent': String(exponent),
    'pinned-chat-paid-is-system-message': '0',
    'pinned-chat-paid-level': 'ONE',
  },
});
