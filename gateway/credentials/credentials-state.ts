/**
 * What is known about the account's token and what to do about it: a value. A token's life is measured by the wall clock,
 * so all times are milliseconds since 1970. `credentials-steps.ts` says what becomes of it.
 */
import { backoffMs } from '../../shared/backoff.ts';
import type { Random } from '../clock.ts';
import type { Token } from '../tokens/token.ts';

/** In order of urgency; one at a time. */
const DUTIES = ['look', 'save', 'refresh', 'validate'] as const;
export type Duty = (typeof DUTIES)[number];

/** When a duty is due, and how often it has failed since it last succeeded. */
export type Task = { readonly at: number; readonly failures: number };

export const NEVER: Task = { at: Infinity, failures: 0 };

/** What was said about the access token since it was found; `outgoing`: revoked, and about to be replaced. */
export type Access =
  | { readonly kind: 'trusted' }
  | { readonly kind: 'outgoing' }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'refused_by_chat' }
  | { readonly kind: 'foreign'; readonly login: string };

/** Whether there may be another access token after this one; `absent`: we lack what it takes to ask. */
export type Grant =
  | { readonly kind: 'open' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly status: number | null };

export type Held = {
  readonly token: Token;
  /** Of what the store holds; undefined: it no longer holds anything. */
  readonly version: string | undefined;
  /** Infinity: not known. */
  readonly runsOutAt: number;
  readonly access: Access;
  readonly grant: Grant;
};

/** `refused`: by Twitch, and for good. The others may pass by themselves. */
export type RefreshFailure = {
  readonly kind: 'unreachable' | 'busy' | 'refused';
  readonly status: number | null;
};

export type State = {
  /** As the store last had it. */
  readonly held: Held | undefined;
  /** Replaces `held`; used once it is saved. */
  readonly refreshed: Token | undefined;
  readonly tasks: Readonly<Record<Duty, Task>>;
  /** When Twitch last said that the token is valid; before that, when we started. */
  readonly validatedAt: number;
  readonly chatRefusals: { readonly count: number; readonly lastAt: number };
  /** Refreshes in a row whose tokens Twitch has not yet called valid; the next one waits until `at`. */
  readonly barren: Task;
  /** What became of the last attempt to refresh `held`. */
  readonly refreshError: RefreshFailure | undefined;
  /** For people; undefined: the store worked when it was last used. */
  readonly storeError: string | undefined;
};

/** The conditions under which a step is made. */
export type Circumstances = {
  readonly now: number;
  readonly random: Random;
  /** TWITCH_BOT_USERNAME. */
  readonly login: string;
  /** There is an app to refresh tokens with. */
  readonly hasApp: boolean;
};

/** Nothing is known: look at what the store holds. */
export function begin(now: number): State {
  return {
    held: undefined,
    refreshed: undefined,
    tasks: { look: dueAt(now), save: NEVER, refresh: NEVER, validate: NEVER },
    validatedAt: now,
    chatRefusals: { count: 0, lastAt: -Infinity },
    barren: dueAt(now),
    refreshError: undefined,
    storeError: undefined,
  };
}

/** The most urgent of what is due; undefined: nothing. */
export function dutyOf(state: State, now: number): Duty | undefined {
  return DUTIES.find((duty) => timeOf(duty, state) <= now);
}

/** When there will be something to do, if nothing happens before; Infinity: never. */
export function nextAt(state: State): number {
  return Math.min(...DUTIES.map((duty) => timeOf(duty, state)));
}

function timeOf(duty: Duty, { tasks, barren }: State): number {
  const { at } = tasks[duty];
  return duty === 'refresh' ? Math.max(at, barren.at) : at;
}

/** The access token to use; undefined: none. One that could not be checked is used until it runs out. */
export function usableToken({ held }: State, now: number): string | undefined {
  return held && isUsable(held, now) ? held.token.accessToken : undefined;
}

export function isUsable({ access, runsOutAt }: Held, now: number): boolean {
  return (access.kind === 'trusted' || access.kind === 'outgoing') && now < runsOutAt;
}

export function dueAt(at: number): Task {
  return { at, failures: 0 };
}

/** Again, after a pause that grows with the failures. */
export function later(
  { failures }: Task,
  baseMs: number,
  maxMs: number,
  { now, random }: Circumstances,
): Task {
  return { at: now + backoffMs(failures, baseMs, maxMs, random), failures: failures + 1 };
}

export function plan(state: State, tasks: Partial<Record<Duty, Task>>): State {
  return { ...state, tasks: { ...state.tasks, ...tasks } };
}
