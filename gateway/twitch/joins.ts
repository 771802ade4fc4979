const ANSWER_TIMEOUT_MS = 10_000;

/** The channels of one connection. What was left is forgotten. */
export type Joins = ReadonlyMap<string, Join>;

type Join =
  | { readonly state: 'asked' | 'parting'; readonly answerBy: number }
  | { readonly state: 'unanswered' | 'refused' | 'joined' };

/** @param now when the JOIN leaves the socket: waiting for its turn is not the server's fault */
export function ask(joins: Joins, channels: readonly string[], now: number): Joins {
  return withAll(joins, channels, { state: 'asked', answerBy: now + ANSWER_TIMEOUT_MS });
}

/** Until its PART is answered, a channel is neither joined nor refusable. */
export function leaveAll(joins: Joins, channels: readonly string[], now: number): Joins {
  return withAll(joins, channels, { state: 'parting', answerBy: now + ANSWER_TIMEOUT_MS });
}

/** A late answer counts, and that to one JOIN after another one was refused. Undefined: nothing new. */
export function confirm(joins: Joins, channel: string): Joins | undefined {
  const state = joins.get(channel)?.state;
  if (state !== 'asked' && state !== 'unanswered' && state !== 'refused') return undefined;
  return new Map(joins).set(channel, { state: 'joined' });
}

/** Undefined: nothing new. */
export function refuse(joins: Joins, channel: string): Joins | undefined {
  const state = joins.get(channel)?.state;
  if (!state || state === 'parting' || state === 'refused') return undefined;
  return new Map(joins).set(channel, { state: 'refused' });
}

export function forget(joins: Joins, channel: string): Joins {
  return new Map([...joins].filter(([other]) => other !== channel));
}

/**
 * Twitch says nothing at all about a channel that does not exist. These are the ones whose answer is overdue, and to
 * what. If nothing at all was heard since the question, the link may have died with it, which says nothing of the channel.
 *
 * @param heardAt when anything was last heard
 */
export function overdue(
  joins: Joins,
  state: 'asked' | 'parting',
  heardAt: number,
  now: number,
): readonly string[] {
  return [...joins]
    .filter(([, join]) => join.state === state && answerBy(join, heardAt) <= now)
    .map(([channel]) => channel);
}

export function giveUp(joins: Joins, channels: readonly string[]): Joins {
  return withAll(joins, channels, { state: 'unanswered' });
}

/** When the next answer to what was asked before `askedBefore` will be overdue; Infinity: none is awaited. */
export function nextAnswerBy(joins: Joins, askedBefore: number): number {
  let next = Infinity;
  for (const join of joins.values()) next = Math.min(next, answerBy(join, askedBefore));
  return next;
}

function withAll(joins: Joins, channels: readonly string[], join: Join): Joins {
  return new Map([...joins, ...channels.map((channel) => [channel, join] as const)]);
}

function answerBy(join: Join, askedBefore: number): number {
  return 'answerBy' in join && join.answerBy - ANSWER_TIMEOUT_MS < askedBefore ? join.answerBy : Infinity;
}
