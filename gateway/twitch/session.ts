/**
 * The IRC protocol of one connection without any I/O: a value, what happens to it, and what is to be done about it.
 * Chat lines do not come this way; everything else the server says does.
 */
import type { Message } from '../../shared/tmi-parser.ts';
import type { Ending } from './endings.ts';
import type { Identity } from './identity.ts';
import { isDead } from './liveness.ts';
import { follow, join, keepUp, nextDuty, type Registered } from './registered.ts';
import { ignore, send, to, type Step } from './step.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;
const LOGIN_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 1_000;
/** How much of the server's own words goes into a detail. */
const MAX_QUOTE_LENGTH = 200;

export type Rules = {
  readonly identity: Identity;
  /** Silence before our own PING, and how long it may last after it. */
  readonly idlePingMs: number;
  readonly pongTimeoutMs: number;
};

export type Session =
  | { readonly phase: 'connecting'; readonly rules: Rules; readonly deadline: number }
  | Registering
  | Registered
  /** Said goodbye: what is still on its way to us may arrive. */
  | { readonly phase: 'leaving'; readonly ending: Ending; readonly detail: string; readonly deadline: number }
  | { readonly phase: 'ended'; readonly deadline: number };

const ENDED: Session = { phase: 'ended', deadline: Infinity };

type Registering = { readonly phase: 'registering'; readonly rules: Rules; readonly deadline: number };

export type Input =
  | { readonly kind: 'open' }
  /** Any message that is not chat. */
  | { readonly kind: 'message'; readonly message: Message }
  /** Logins of channels; only a registered session joins. */
  | { readonly kind: 'join'; readonly channels: readonly string[] }
  | { readonly kind: 'leave' }
  /** A deadline passed, and what lay unread in the socket was read since. `heardAt`: when the last frame came. */
  | { readonly kind: 'deadline'; readonly heardAt: number }
  /** The socket is gone, or has to go. */
  | { readonly kind: 'end'; readonly ending: Ending; readonly detail: string };

/** @param now milliseconds of a monotonic clock, as everywhere here */
export function startSession(rules: Rules, now: number): Session {
  return { phase: 'connecting', rules, deadline: now + HANDSHAKE_TIMEOUT_MS };
}

/** Takes one input in. Any input may come in any phase; what no longer matters changes nothing. */
export function step(session: Session, input: Input, now: number): Step<Session> {
  switch (input.kind) {
    case 'open':
      return session.phase === 'connecting' ? authenticate(session.rules, now) : to(session);
    case 'message':
      return receive(session, input.message, now);
    case 'join':
      return session.phase === 'registered' ? join(session, input.channels, now) : to(session);
    case 'leave':
      return leave(session, 'stopped', 'we left', now);
    case 'deadline':
      return now < nextDeadline(session, input.heardAt) ? to(session) : expire(session, input.heardAt, now);
    case 'end':
      break;
  }
  return end(session, input.ending, input.detail);
}

/** When to come back with a `deadline`, should nothing be heard after `heardAt`; Infinity: never. */
export function nextDeadline(session: Session, heardAt: number): number {
  return session.phase === 'registered' ? nextDuty(session, heardAt) : session.deadline;
}

function authenticate(rules: Rules, now: number): Step<Session> {
  const lines = ['CAP REQ :twitch.tv/tags twitch.tv/commands', ...rules.identity.authentication()];
  return to({ phase: 'registering', rules, deadline: now + LOGIN_TIMEOUT_MS }, ...lines.map(send));
}

function receive(session: Session, message: Message, now: number): Step<Session> {
  if (message.command === 'PING') return to(session, send(`PONG :${message.params[0] ?? ''}`));
  if (message.command === 'RECONNECT')
    return leave(session, 'reconnect_requested', 'the server said so', now);
  if (session.phase === 'registering') return register(session, message);
  if (session.phase === 'registered') return follow(session, message, now);
  return ignore(session);
}

/** Refusals are told by when they come, never by their English: any NOTICE before 001 is one. */
function register(session: Registering, { command, params }: Message): Step<Session> {
  if (command === '001') return welcome(session.rules, params[0] ?? '');
  if (command === 'NOTICE') return end(session, 'login_refused', quote(session, params.at(-1)));
  if (command === 'CAP' && params[1] === 'NAK')
    return end(session, 'capability_refused', quote(session, params.at(-1)));
  return ignore(session);
}

function welcome({ identity, idlePingMs, pongTimeoutMs }: Rules, nick: string): Step<Session> {
  const nicks = new Set([identity.nick, nick.toLowerCase()]);
  const liveness = { idlePingMs, pongTimeoutMs, pingSentAt: -Infinity };
  return to({ phase: 'registered', nicks, joins: new Map(), liveness }, { kind: 'registered' });
}

function expire(session: Session, heardAt: number, now: number): Step<Session> {
  if (session.phase === 'registered') return expireRegistered(session, heardAt, now);
  if (session.phase === 'registering')
    return end(session, 'login_timeout', `no answer in ${LOGIN_TIMEOUT_MS} ms`);
  return end(session, 'handshake_timeout', `no WebSocket in ${HANDSHAKE_TIMEOUT_MS} ms`);
}

function expireRegistered(session: Registered, heardAt: number, now: number): Step<Session> {
  if (!isDead(session.liveness, heardAt, now)) return keepUp(session, heardAt, now);
  return end(
    session,
    'ping_timeout',
    `nothing heard for ${session.liveness.pongTimeoutMs} ms after our PING`,
  );
}

function leave(session: Session, ending: Ending, detail: string, now: number): Step<Session> {
  if (session.phase === 'leaving' || session.phase === 'ended') return to(session);
  if (session.phase === 'connecting') return end(session, ending, detail);
  return to({ phase: 'leaving', ending, detail, deadline: now + CLOSE_TIMEOUT_MS }, { kind: 'close' });
}

/** A session that was leaving ends for its own reason, whatever closed it. */
function end(session: Session, ending: Ending, detail: string): Step<Session> {
  if (session.phase === 'ended') return to(session);
  const why = session.phase === 'leaving' ? session : { ending, detail };
  return to(ENDED, { kind: 'ended', ending: why.ending, detail: why.detail });
}

function quote({ rules }: Registering, words = ''): string {
  return rules.identity.conceal(words).slice(0, MAX_QUOTE_LENGTH);
}
