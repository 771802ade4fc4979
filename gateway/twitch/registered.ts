import { channelLogin } from '../../shared/channel-login.ts';
import { parseSource, type Message } from '../../shared/tmi-parser.ts';
import { channelLines } from './channel-lines.ts';
import {
  ask,
  confirm,
  forget,
  giveUp,
  leaveAll,
  nextAnswerBy,
  overdue,
  refuse,
  type Joins,
} from './joins.ts';
import { isPinged, judge, livenessDeadline, pinged, ponged, type Liveness } from './liveness.ts';
import { refusalOf, type Refusal } from './refusals.ts';
import { ignore, send, stepTo, type Output, type Step } from './step.ts';

export const PING = 'PING :tmi.twitch.tv';

/** A session between 001 and its goodbye. */
export type Registered = {
  readonly phase: 'registered';
  /** The NICK we sent and the one we were welcomed as: Twitch goes by the token. */
  readonly nicks: ReadonlySet<string>;
  readonly joins: Joins;
  readonly liveness: Liveness;
};

/** Takes in what the server says. */
export function receiveRegistered(session: Registered, message: Message, now: number): Step<Registered> {
  const channel = channelLogin(message.params[0] ?? '');
  switch (message.command) {
    case 'JOIN':
      return isOurs(session, message) ? joined(session, channel) : ignore(session);
    case 'ROOMSTATE':
      return joined(session, channel);
    case 'PART':
      return isOurs(session, message) ? parted(session, channel) : ignore(session);
    case 'NOTICE':
      return refused(session, channel, refusalOf(message.tags.get('msg-id')));
    case 'PONG':
      return measure(session, now);
    case 'RECONNECT':
      return stepTo(session, { kind: 'outgoing', why: 'reconnect_requested' });
    default:
      return ignore(session);
  }
}

/** @param channels logins */
export function join(session: Registered, channels: readonly string[], now: number): Step<Registered> {
  const joins = ask(session.joins, channels, now);
  return stepTo({ ...session, joins }, ...channelLines('JOIN', channels).map(send));
}

/** @param channels logins */
export function part(session: Registered, channels: readonly string[], now: number): Step<Registered> {
  const joins = leaveAll(session.joins, channels, now);
  return stepTo({ ...session, joins }, ...channelLines('PART', channels).map(send));
}

/** When `keepUp` has something to do, if nothing is heard after `heardAt`. */
export function nextDuty({ liveness, joins }: Registered, heardAt: number): number {
  const askedBefore = isPinged(liveness, heardAt) ? heardAt : Infinity;
  return Math.min(livenessDeadline(liveness, heardAt), nextAnswerBy(joins, askedBefore));
}

/**
 * Does what is due on a link that is not dead: gives up what is not answered, and sends a PING when there is silence, or
 * when an answer is overdue and nothing at all was heard since the question.
 */
export function keepUp(session: Registered, heardAt: number, now: number): Step<Registered> {
  const { session: settled, outputs } = settleOverdue(session, heardAt, now);
  const { session: kept, outputs: signs } = keepAlive(settled, heardAt, now);
  return stepTo(kept, ...outputs, ...signs);
}

function settleOverdue(session: Registered, heardAt: number, now: number): Step<Registered> {
  if (nextAnswerBy(session.joins, heardAt) > now) return stepTo(session);
  const unanswered = overdue(session.joins, 'asked', heardAt, now);
  const left = overdue(session.joins, 'parting', heardAt, now);
  const joins = left.reduce(forget, giveUp(session.joins, unanswered));
  return stepTo(
    { ...session, joins },
    ...unanswered.map((channel): Output => ({ kind: 'refused', channel, refusal: 'no_answer' })),
    ...left.map((channel): Output => ({ kind: 'parted', channel, answered: false })),
  );
}

function keepAlive(session: Registered, heardAt: number, now: number): Step<Registered> {
  const { liveness, joins } = session;
  const verdict = judge(liveness, heardAt, now);
  const isInDoubt = !isPinged(liveness, heardAt) && nextAnswerBy(joins, Infinity) <= now;
  if (verdict === 'ping' || isInDoubt)
    return stepTo({ ...session, liveness: pinged(liveness, now) }, send(PING));
  if (verdict !== 'stalled') return stepTo(session);
  return stepTo(
    { ...session, liveness: { ...liveness, stalled: true } },
    { kind: 'outgoing', why: 'ping_timeout' },
  );
}

function isOurs({ nicks }: Registered, { source }: Message): boolean {
  return nicks.has(parseSource(source).nick);
}

function joined(session: Registered, channel: string): Step<Registered> {
  const joins = confirm(session.joins, channel);
  return joins ? stepTo({ ...session, joins }, { kind: 'joined', channel }) : ignore(session);
}

/** A PART that we did not ask for is a ban. */
function parted(session: Registered, channel: string): Step<Registered> {
  if (session.joins.get(channel)?.state !== 'parting') return refused(session, channel, 'banned');
  return stepTo(
    { ...session, joins: forget(session.joins, channel) },
    { kind: 'parted', channel, answered: true },
  );
}

function refused(session: Registered, channel: string, refusal: Refusal | undefined): Step<Registered> {
  const joins = refusal && refuse(session.joins, channel);
  return joins ? stepTo({ ...session, joins }, { kind: 'refused', channel, refusal }) : ignore(session);
}

function measure(session: Registered, now: number): Step<Registered> {
  const { unanswered, pingSentAt } = session.liveness;
  if (unanswered === 0) return ignore(session);
  const next = { ...session, liveness: ponged(session.liveness) };
  return unanswered > 1 ? stepTo(next) : stepTo(next, { kind: 'round_trip', ms: now - pingSentAt });
}
