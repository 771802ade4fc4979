/** How what is known about the token changes, step by step; pure. */
import { backoffMs } from '../../shared/backoff.ts';
import type { Random } from '../clock.ts';
import {
  dueAt,
  isUsable,
  later,
  NEVER,
  plan,
  type Access,
  type Circumstances,
  type Held,
  type RefreshFailure,
  type State,
} from './credentials-state.ts';
import { expiresAt, isSameToken, type Token } from '../tokens/token.ts';
import type { StoredToken } from '../tokens/token-store.ts';
import type { ValidToken } from './twitch-id.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** What may pass by itself is retried within a minute. */
const LONGEST_PAUSE_MS = MINUTE;
/** When a person has to act, what they do is noticed within this long even if the store does not tell. */
const LONGEST_LOOK_MS = 15 * MINUTE;
/** Twitch wants every token validated each hour; never later, and not all gateways at once. */
const VALIDATE_EARLY_MS = 6 * MINUTE;

/** The store may hold another token. */
export function lookNow(state: State, { now }: Circumstances): State {
  return plan(state, { look: { ...state.tasks.look, at: now } });
}

/** @param stored undefined: nothing is there, which by itself does not spoil a token that we have */
export function found(state: State, stored: StoredToken | undefined, given: Circumstances): State {
  const { held, tasks } = state;
  const seen = { ...state, storeError: undefined };
  if (stored && !isSameToken(stored.token, held?.token)) return adopt(seen, stored, given);
  const isWell = !held || (held.access.kind === 'trusted' && held.grant.kind !== 'refused');
  const look = isWell ? NEVER : later(tasks.look, SECOND, LONGEST_LOOK_MS, given);
  return plan({ ...seen, held: held && { ...held, version: stored?.version } }, { look });
}

/** @param storeError for people */
export function lookFailed(state: State, storeError: string, given: Circumstances): State {
  const look = later(state.tasks.look, SECOND, LONGEST_PAUSE_MS, given);
  return plan({ ...state, storeError }, { look });
}

/** If Twitch does not know its own tokens, new ones are asked for less and less often. */
export function refreshed(state: State, token: Token, given: Circumstances): State {
  const barren = later(state.barren, SECOND, LONGEST_PAUSE_MS, given);
  const fresh = { ...state, refreshed: token, refreshError: undefined, barren };
  return plan(fresh, { refresh: NEVER, validate: NEVER, save: dueAt(given.now) });
}

/** A refusal is final for this grant; still, it is questioned once an hour, since it can be a mistake. */
export function refreshFailed(state: State, failure: RefreshFailure, given: Circumstances): State {
  const { now } = given;
  const failed = withoutOutgoing({ ...state, refreshError: failure });
  const { held, tasks } = failed;
  if (failure.kind !== 'refused' || !held)
    return plan(failed, { refresh: later(tasks.refresh, SECOND, LONGEST_PAUSE_MS, given) });
  const refused: Held = { ...held, grant: { kind: 'refused', status: failure.status } };
  return plan(
    { ...failed, held: refused },
    {
      refresh: dueAt(now + HOUR),
      look: dueAt(now),
      validate: isUsable(held, now) ? dueAt(now) : NEVER,
    },
  );
}

/** The app has a different secret from the one that Twitch refused. */
export function appChanged(state: State, { now }: Circumstances): State {
  const { held } = state;
  const open: Held | undefined = held && { ...held, grant: { kind: 'open' } };
  return plan({ ...state, held: open, refreshError: undefined }, { refresh: dueAt(now) });
}

export function saved(state: State, stored: StoredToken, given: Circumstances): State {
  return adopt({ ...state, storeError: undefined }, stored, given);
}

/**
 * Somebody else was first: from now on their token is ours. Ours is saved again only if it replaces nothing, or the token
 * that it came from.
 */
export function saveConflicted(state: State, stored: StoredToken | undefined, given: Circumstances): State {
  const { held, tasks } = state;
  if (stored && !isSameToken(stored.token, held?.token)) return saved(state, stored, given);
  const over = withoutOutgoing({ ...state, held: held && { ...held, version: stored?.version } });
  return plan(over, { save: later(tasks.save, SECOND, LONGEST_PAUSE_MS, given) });
}

/** @param storeError for people */
export function saveFailed(state: State, storeError: string, given: Circumstances): State {
  const save = later(state.tasks.save, SECOND, LONGEST_PAUSE_MS, given);
  return plan(withoutOutgoing({ ...state, storeError }), { save });
}

/** Twitch knows the token, and best of all whose it is. @param expiresIn seconds; null: not known */
export function validated(
  state: State,
  { login, userId, expiresIn }: Pick<ValidToken, 'login' | 'userId' | 'expiresIn'>,
  given: Circumstances,
): State {
  const { held, tasks } = state;
  if (!held) return state;
  const { now, random } = given;
  const isOpen = held.grant.kind === 'open';
  const known = { ...state, validatedAt: now, barren: { ...state.barren, failures: 0 } };
  if (isOpen && held.access.kind === 'refused_by_chat' && login === given.login)
    return plan(known, { validate: NEVER, refresh: dueAt(now) });
  const leftMs = expiresIn === null ? Infinity : expiresIn * SECOND;
  const runsOutAt = Math.min(held.runsOutAt, now + leftMs);
  const access: Access = login === given.login ? { kind: 'trusted' } : { kind: 'foreign', login };
  const refreshAt = Math.min(tasks.refresh.at, refreshTime(now + leftMs, leftMs, random));
  return plan(
    { ...known, held: { ...held, token: { ...held.token, userId }, runsOutAt, access } },
    {
      validate: dueAt(now + HOUR - random() * VALIDATE_EARLY_MS),
      ...(isOpen && { refresh: { ...tasks.refresh, at: refreshAt } }),
    },
  );
}

/** Twitch does not know the token: the only cure is a new one, which is waited for once. */
export function revoked(state: State, { now }: Circumstances): State {
  const { held, tasks } = state;
  if (!held) return state;
  const isOpen = held.grant.kind === 'open';
  const isHopeful = isOpen && !state.refreshError && state.barren.failures === 0;
  const kind = isHopeful && held.access.kind === 'trusted' ? 'outgoing' : 'revoked';
  const next = isOpen ? { refresh: dueAt(now) } : { look: { ...tasks.look, at: now } };
  return plan({ ...state, held: { ...held, access: { kind } } }, { validate: NEVER, ...next });
}

function withoutOutgoing(state: State): State {
  const { held } = state;
  if (held?.access.kind !== 'outgoing') return state;
  return { ...state, held: { ...held, access: { kind: 'revoked' } } };
}

/** Nobody who could tell was reached, which says nothing about the token. */
export function validationFailed(state: State, given: Circumstances): State {
  return plan(state, { validate: later(state.tasks.validate, 5 * SECOND, 5 * MINUTE, given) });
}

/** Chat refused the login with the token in use. One that is valid all the same is tried there less and less often. */
export function loginRefused(state: State, { now, random }: Circumstances): State {
  const { held, chatRefusals } = state;
  if (!held) return state;
  const count = now - chatRefusals.lastAt < 2 * HOUR ? chatRefusals.count + 1 : 1;
  const pause = count === 1 ? 0 : MINUTE + backoffMs(count - 2, 2 * MINUTE, HOUR, random);
  const refused: Held = { ...held, access: { kind: 'refused_by_chat' } };
  return plan(
    { ...state, held: refused, chatRefusals: { count, lastAt: now } },
    { validate: dueAt(now + pause) },
  );
}

function adopt(state: State, stored: StoredToken, { now, random, hasApp }: Circumstances): State {
  const { token, version } = stored;
  const runsOutAt = expiresAt(token) ?? Infinity;
  const holds = now < runsOutAt;
  const canRefresh = hasApp && token.refreshToken !== '';
  const lifeMs = (token.expiresIn ?? Infinity) * SECOND;
  const held: Held = {
    token,
    version,
    runsOutAt,
    access: { kind: isDoubtful(state) ? 'revoked' : 'trusted' },
    grant: { kind: canRefresh ? 'open' : 'absent' },
  };
  return plan(
    { ...state, held, refreshed: undefined, refreshError: undefined },
    {
      look: NEVER,
      save: NEVER,
      refresh: canRefresh ? dueAt(holds ? refreshTime(runsOutAt, lifeMs, random) : now) : NEVER,
      validate: holds ? dueAt(now) : NEVER,
    },
  );
}

/** Twitch did not know the tokens that it gave before: the next one is used once Twitch has called it valid. */
function isDoubtful({ held, barren }: State): boolean {
  return held?.access.kind === 'revoked' && barren.failures > 1;
}

/** With a tenth of its life left or ten minutes, whichever is more, but not in the first half. */
function refreshTime(runsOutAt: number, lifeMs: number, random: Random): number {
  if (runsOutAt === Infinity) return Infinity;
  const marginMs = Math.max(10 * MINUTE, lifeMs / 10) * (1 + random() / 5);
  return runsOutAt - Math.min(marginMs, lifeMs / 2);
}
