const ANSWER_TIMEOUT_MS = 10_000;

/** The JOINs of one connection, by channel. What was refused is forgotten: it may be asked again. */
export type Joins = ReadonlyMap<string, Join>;

type Join =
  { readonly state: 'asked'; readonly answerBy: number } | { readonly state: 'unanswered' | 'joined' };

/** @param now when the JOIN leaves the socket: the time it waited for its turn is not the server's fault */
export function ask(joins: Joins, channels: readonly string[], now: number): Joins {
  const asked = { state: 'asked', answerBy: now + ANSWER_TIMEOUT_MS } as const;
  return new Map([...joins, ...channels.map((channel) => [channel, asked] as const)]);
}

/** A late answer counts. Undefined: nothing new. */
export function confirm(joins: Joins, channel: string): Joins | undefined {
  const join = joins.get(channel);
  if (!join || join.state === 'joined') return undefined;
  return new Map(joins).set(channel, { state: 'joined' });
}

export function refuse(joins: Joins, channel: string): Joins {
  return new Map([...joins].filter(([other]) => other !== channel));
}

/** The channels whose answer is overdue: Twitch says nothing at all about a channel that does not exist. */
export function overdue(joins: Joins, now: number): readonly string[] {
  return [...joins].filter(([, join]) => answerBy(join) <= now).map(([channel]) => channel);
}

export function giveUp(joins: Joins, channels: readonly string[]): Joins {
  return new Map([...joins, ...channels.map((channel) => [channel, { state: 'unanswered' }] as const)]);
}

/** When the next answer will be overdue; Infinity: none is awaited. */
export function nextAnswerBy(joins: Joins): number {
  return Math.min(...Array.from(joins.values(), answerBy));
}

function answerBy(join: Join): number {
  return join.state === 'asked' ? join.answerBy : Infinity;
}
