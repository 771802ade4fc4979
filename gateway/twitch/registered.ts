import { parseSource, type Message } from '../../shared/tmi-parser.ts';
import { joinLines } from './join-lines.ts';
import { ask, confirm, giveUp, nextAnswerBy, overdue, refuse, type Joins } from './joins.ts';
import { isPingDue, livenessDeadline, type Liveness } from './liveness.ts';
import { refusalOf, type Refusal } from './refusals.ts';
import { ignore, send, to, type Step } from './step.ts';

/** A session between 001 and its goodbye. */
export type Registered = {
  readonly phase: 'registered';
  /** The NICK we sent and the one we were welcomed as: Twitch goes by the token. */
  readonly nicks: ReadonlySet<string>;
  readonly joins: Joins;
  readonly liveness: Liveness;
};

/** The login in a channel parameter: `#Name` → `name`. */
export function channelOf(param: string | undefined): string {
  return (param ?? '').slice(1).toLowerCase();
}

/** Takes in what the server says. */
export function follow(session: Registered, message: Message, now: number): Step<Registered> {
  const channel = channelOf(message.params[0]);
  switch (message.command) {
    case 'JOIN':
      return isOurs(session, message) ? joined(session, channel) : ignore(session);
    case 'ROOMSTATE':
      return joined(session, channel);
    case 'PART':
      return refused(session, channel, isOurs(session, message) ? 'banned' : undefined);
    case 'NOTICE':
      return refused(session, channel, refusalOf(message.tags.get('msg-id')));
    case 'PONG':
      return measure(session, now);
    default:
      return ignore(session);
  }
}

/** @param channels logins */
export function join(session: Registered, channels: readonly string[], now: number): Step<Registered> {
  return to({ ...session, joins: ask(session.joins, channels, now) }, ...joinLines(channels).map(send));
}

/** When `keepUp` has something to do, should nothing be heard after `heardAt`. */
export function nextDuty(session: Registered, heardAt: number): number {
  return Math.min(livenessDeadline(session.liveness, heardAt), nextAnswerBy(session.joins));
}

/** Does what is due on a link that is not dead: gives up on unanswered JOINs, breaks the silence with a PING. */
export function keepUp(session: Registered, heardAt: number, now: number): Step<Registered> {
  const silent = overdue(session.joins, now);
  const refusals = silent.map((channel) => ({ kind: 'refused', channel, refusal: 'no_answer' }) as const);
  const quiet = { ...session, joins: giveUp(session.joins, silent) };
  if (!isPingDue(session.liveness, heardAt, now)) return to(quiet, ...refusals);
  const liveness = { ...session.liveness, pingSentAt: now };
  return to({ ...quiet, liveness }, ...refusals, send('PING :tmi.twitch.tv'));
}

function isOurs({ nicks }: Registered, { source }: Message): boolean {
  return nicks.has(parseSource(source).nick);
}

function joined(session: Registered, channel: string): Step<Registered> {
  const joins = confirm(session.joins, channel);
  return joins ? to({ ...session, joins }, { kind: 'joined', channel }) : ignore(session);
}

function refused(session: Registered, channel: string, refusal: Refusal | undefined): Step<Registered> {
  if (!refusal || !session.joins.has(channel)) return ignore(session);
  return to({ ...session, joins: refuse(session.joins, channel) }, { kind: 'refused', channel, refusal });
}

function measure(session: Registered, now: number): Step<Registered> {
  const { pingSentAt } = session.liveness;
  if (pingSentAt === -Infinity) return ignore(session);
  const liveness = { ...session.liveness, pingSentAt: -Infinity };
  return to({ ...session, liveness }, { kind: 'round_trip', ms: now - pingSentAt });
}
