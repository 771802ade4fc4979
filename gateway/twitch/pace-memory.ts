/** What Twitch limits per account, in any 10 s. */
export type Paced = 'joins' | 'logins';

/** What an earlier run sent lately, and what this one sends: a restart does not reset Twitch's count. */
export type PaceMemory = {
  /** When an earlier run sent them, by the monotonic clock, in order. */
  readonly earlier: Readonly<Record<Paced, readonly number[]>>;
  /** These are about to be sent. @param times until when each of them may be, by the monotonic clock */
  sending(what: Paced, times: readonly number[]): void;
};

/** When there was no earlier run and there will be no later one. */
export const NO_PACE_MEMORY: PaceMemory = { earlier: { joins: [], logins: [] }, sending: () => undefined };
