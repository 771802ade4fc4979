/**
 * The IRC protocol of one connection, without I/O: a value, what happens to it, and what to do about it.
 * Chat lines do not come this way; everything else the server says does.
 */
import type { Message } from '../../shared/tmi-parser.ts';
import type { Ending } from './endings.ts';
import type { Identity } from './identity.ts';
import { isSilent, judge } from './liveness.ts';
import { join, keepUp, nextDuty, part, PING, receiveRegistered, type Registered } from './registered.ts';
import { ignore, send, stepTo, type Step } from './step.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;
const LOGIN_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 1_000;
/** How long a connection that was told to go may still bring what was said to it. */
const RETIRING_MS = 60_000;
/** How much of the server's own words is quoted in a detail. */
const MAX_QUOTE_LENGTH = 200;

export type Rules = {
  readonly identity: Identity;
  /** Silence before our own PING, and how long it may go on after it. */
  readonly idlePingMs: number;
  readonly pongTimeoutMs: number;
};

export type Session =
  | { readonly phase: 'connecting'; readonly rules: Rules; readonly deadline: number }
  | Registering
  | Registered
  | Retiring
  /** Said goodbye: what is still on its way to us may arrive. */
  | (Why & { readonly phase: 'leaving'; readonly deadline: number })
  | { readonly phase: 'ended'; readonly deadline: number };

const ENDED: Session = { phase: 'ended', deadline: Infinity };

/** Why a session leaves or ends. */
type Why = { readonly ending: Ending; readonly detail: string };

/** Another one took over. What was on its way here has arrived once our last PING is answered: then it leaves. */
type Retiring = Why & {
  readonly phase: 'retiring';
  /** How many PONGs are still to come, including that one. */
  readonly pongs: number;
  readonly pingSentAt: number;
  readonly pongTimeoutMs: number;
};

type Registering = { readonly phase: 'registering'; readonly rules: Rules; readonly deadline: number };

export type Input =
  | { readonly kind: 'open' }
  /** Any message that is not chat. */
  | { readonly kind: 'message'; readonly message: Message }
  /** Logins of channels; only a registered session joins. */
  | { readonly kind: 'join' | 'part'; readonly channels: readonly string[] }
  | { readonly kind: 'leave' }
  /** Leaves once all that was said to us has arrived. `heardAt`: when the last frame came. */
  | (Why & { readonly kind: 'retire'; readonly heardAt: number })
  /** A deadline passed, and what lay unread in the socket was read since. */
  | { readonly kind: 'deadline'; readonly heardAt: number }
  /** The socket is gone, or has to go. `isWhole`: all that was said to us has arrived, as far as the socket can tell. */
  | (Why & { readonly kind: 'end'; readonly heardAt: number; readonly isWhole: boolean });

/** @param now milliseconds of a monotonic clock, as everywhere here */
export function startSession(rules: Rules, now: number): Session {
  return { phase: 'connecting', rules, deadline: now + HANDSHAKE_TIMEOUT_MS };
}

/** Takes in one input. Any input may come in any phase; what no longer matters changes nothing. */
export function step(session: Session, input: Input, now: number): Step<Session> {
  switch (input.kind) {
    case 'open':
      return session.phase === 'connecting' ? authenticate(session.rules, now) : stepTo(session);
    case 'message':
      return receive(session, input.message, now);
    case 'join':
      return session.phase === 'registered' ? join(session, input.channels, now) : stepTo(session);
    case 'part':
      return session.phase === 'registered' ? part(session, input.channels, now) : stepTo(session);
    case 'leave':
      return leave(session, { ending: 'stopped', detail: 'we left' }, now);
    case 'retire':
      return retire(session, input, input.heardAt, now);
    case 'deadline':
      return now < nextDeadline(session, input.heardAt)
        ? stepTo(session)
        : expire(session, input.heardAt, now);
    case 'end':
      break;
  }
  return end(session, input, !input.isWhole || seemsSilent(session, input.heardAt));
}

/** When to come back with a `deadline`, if nothing is heard after `heardAt`; Infinity: never. */
export function nextDeadline(session: Session, heardAt: number): number {
  if (session.phase === 'registered') return nextDuty(session, heardAt);
  return session.phase === 'retiring' ? endOfPatience(session, heardAt) : session.deadline;
}

/** The PONG may be behind a burst: as long as something comes, it is waited for. */
function endOfPatience({ pingSentAt, pongTimeoutMs }: Retiring, heardAt: number): number {
  return Math.min(pingSentAt + RETIRING_MS, Math.max(pingSentAt, heardAt) + pongTimeoutMs);
}

function authenticate(rules: Rules, now: number): Step<Session> {
  const lines = ['CAP REQ :twitch.tv/tags twitch.tv/commands', ...rules.identity.authentication()];
  const session: Registering = { phase: 'registering', rules, deadline: now + LOGIN_TIMEOUT_MS };
  return stepTo(session, { kind: 'login' }, ...lines.map(send));
}

function receive(session: Session, message: Message, now: number): Step<Session> {
  if (message.command === 'PING') return stepTo(session, send(`PONG :${message.params[0] ?? ''}`));
  if (session.phase === 'registered') return receiveRegistered(session, message, now);
  if (session.phase === 'registering') return register(session, message, now);
  if (session.phase === 'retiring' && message.command === 'PONG') return countPong(session, now);
  return ignore(session);
}

/** Refusals are recognised by when they come, never by their English: any NOTICE before 001 is one. */
function register(session: Registering, { command, params }: Message, now: number): Step<Session> {
  const refused = (ending: Ending): Step<Session> =>
    end(session, { ending, detail: quote(session, params.at(-1)) });
  if (command === '001') return welcome(session.rules, params[0] ?? '');
  if (command === 'NOTICE') return refused('login_refused');
  if (command === 'CAP' && params[1] === 'NAK') return refused('capability_refused');
  if (command === 'RECONNECT')
    return leave(session, { ending: 'reconnect_requested', detail: 'the server said so' }, now);
  return ignore(session);
}

function welcome({ identity, idlePingMs, pongTimeoutMs }: Rules, nick: string): Step<Session> {
  const nicks = new Set([identity.nick, nick.toLowerCase()]);
  const liveness = { idlePingMs, pongTimeoutMs, unanswered: 0, pingSentAt: -Infinity, stalled: false };
  return stepTo({ phase: 'registered', nicks, joins: new Map(), liveness }, { kind: 'registered' });
}

function expire(session: Session, heardAt: number, now: number): Step<Session> {
  switch (session.phase) {
    case 'registered':
      return expireRegistered(session, heardAt, now);
    case 'retiring':
      return now < session.pingSentAt + RETIRING_MS
        ? end(session, session, true)
        : leave(session, session, now);
    case 'leaving':
      return end(session, session, true);
    case 'registering':
      return end(session, { ending: 'login_timeout', detail: `no answer in ${LOGIN_TIMEOUT_MS} ms` });
    default:
      return end(session, {
        ending: 'handshake_timeout',
        detail: `no WebSocket in ${HANDSHAKE_TIMEOUT_MS} ms`,
      });
  }
}

function expireRegistered(session: Registered, heardAt: number, now: number): Step<Session> {
  if (judge(session.liveness, heardAt, now) !== 'dead') return keepUp(session, heardAt, now);
  return end(session, dead(session), true);
}

function retire(session: Session, why: Why, heardAt: number, now: number): Step<Session> {
  if (session.phase !== 'registered') return leave(session, why, now);
  const { liveness } = session;
  if (isSilent(liveness, heardAt)) return end(session, dead(session), true);
  const { ending, detail } = why;
  const { pongTimeoutMs, unanswered } = liveness;
  const pongs = unanswered + 1;
  return stepTo({ phase: 'retiring', ending, detail, pongs, pingSentAt: now, pongTimeoutMs }, send(PING));
}

function countPong(session: Retiring, now: number): Step<Session> {
  const pongs = session.pongs - 1;
  return pongs === 0 ? leave(session, session, now) : stepTo({ ...session, pongs });
}

/** Nothing followed a PING in time: nobody knows whether all that was said to us has arrived. */
function seemsSilent(session: Session, heardAt: number): boolean {
  if (session.phase === 'registered') return isSilent(session.liveness, heardAt);
  return session.phase === 'retiring' && heardAt < session.pingSentAt;
}

function dead({ liveness }: Registered): Why {
  return {
    ending: 'ping_timeout',
    detail: `nothing heard for ${liveness.pongTimeoutMs} ms after our PING`,
  };
}

function leave(session: Session, { ending, detail }: Why, now: number): Step<Session> {
  if (session.phase === 'leaving' || session.phase === 'ended') return stepTo(session);
  if (session.phase === 'connecting') return end(session, { ending, detail });
  return stepTo({ phase: 'leaving', ending, detail, deadline: now + CLOSE_TIMEOUT_MS }, { kind: 'close' });
}

/** A session that was on its way out ends for its own reason, whatever closed it. */
function end(session: Session, given: Why, silent = false): Step<Session> {
  if (session.phase === 'ended') return stepTo(session);
  const why = session.phase === 'leaving' || session.phase === 'retiring' ? session : given;
  return stepTo(ENDED, { kind: 'ended', ending: why.ending, detail: why.detail, silent });
}

function quote({ rules }: Registering, words = ''): string {
  return rules.identity.conceal(words).slice(0, MAX_QUOTE_LENGTH);
}
