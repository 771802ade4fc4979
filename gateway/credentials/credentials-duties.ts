import type { Clock } from '../clock.ts';
import type { CredentialEvents } from './credential-events.ts';
import type { Circumstances, Duty, Held, RefreshFailure, State } from './credentials-state.ts';
import * as steps from './credentials-steps.ts';
import type { RefreshOutcome } from './token-refresher.ts';
import { successorOf } from '../tokens/successor.ts';
import { expiresAt, isSameToken, type Token } from '../tokens/token.ts';
import { TokenStoreError, type StoredToken, type TokenStore } from '../tokens/token-store.ts';
import type { TwitchIdFailure, ValidToken } from './twitch-id.ts';

/** How the account's Twitch app refreshes tokens. */
export type Refresher = {
  readonly refresh: (token: Token) => Promise<RefreshOutcome>;
  /** Whether the app has a different secret by now. */
  readonly hasChanged: () => Promise<boolean>;
};

/** Whom to ask, and whom to tell. */
export type Surroundings = {
  readonly store: TokenStore;
  /** undefined: no app is known, and tokens cannot be refreshed. */
  readonly refresher: Refresher | undefined;
  readonly validate: (accessToken: string) => Promise<ValidToken | TwitchIdFailure>;
  /** Told every secret before anybody else. */
  readonly learn: (secret: string) => void;
  readonly events: CredentialEvents;
  readonly clock: Clock;
  /** Resolves at the end, after which nothing is waited for. */
  readonly ended: Promise<void>;
};

/** What was found out, as a step from whatever state is current by then. */
export type Step = (state: State, given: Circumstances) => State;

/** Does what is due. Rejects only for reasons that no rule foresees. */
export async function perform(duty: Duty, state: State, surroundings: Surroundings): Promise<Step> {
  const { held, refreshed } = state;
  if (duty === 'look') return look(state, surroundings);
  if (duty === 'save' && refreshed) return save(refreshed, state, surroundings);
  if (duty === 'refresh' && held) return refresh(held.token, surroundings);
  if (duty === 'validate' && held) return validate(held.token.accessToken, surroundings);
  throw new Error(`there is nothing to ${duty}`);
}

async function look({ held, storeError }: State, surroundings: Surroundings): Promise<Step> {
  const { store, refresher } = surroundings;
  try {
    const stored = await store.load();
    learnStored(stored, held, surroundings);
    const hasChanged = held?.grant.kind === 'refused' && (await refresher?.hasChanged()) === true;
    return (state, given) => {
      const seen = steps.found(state, stored, given);
      return hasChanged ? steps.appChanged(seen, given) : seen;
    };
  } catch (error) {
    const sentence = storeFailed(error, storeError, surroundings);
    return (state, given) => steps.lookFailed(state, sentence, given);
  }
}

async function save(token: Token, { held, storeError }: State, surroundings: Surroundings): Promise<Step> {
  try {
    const { kind, stored } = await surroundings.store.save(token, held?.version);
    if (kind === 'saved') return (state, given) => steps.saved(state, stored, given);
    if (!stored || !isSameToken(stored.token, token)) learnStored(stored, held, surroundings);
    return (state, given) => steps.saveConflicted(state, stored, given);
  } catch (error) {
    const sentence = storeFailed(error, storeError, surroundings);
    return (state, given) => steps.saveFailed(state, sentence, given);
  }
}

async function refresh(token: Token, surroundings: Surroundings): Promise<Step> {
  const { refresher, learn, events } = surroundings;
  const outcome = (await refresher?.refresh(token)) ?? NO_APP;
  if (!outcome.ok) {
    const other = mayBeUsedUp(outcome) ? await anotherThan(token, surroundings) : undefined;
    if (other) return (state, given) => steps.found(state, other, given);
    events.refreshFailed(outcome);
    return (state, given) => steps.refreshFailed(state, outcome, given);
  }
  learnSecrets(outcome.token, learn);
  events.tokenRefreshed(expiresAt(outcome.token));
  return (state, given) => steps.refreshed(state, outcome.token, given);
}

/** Twitch refuses the refresh token, not the app, for which it says 403. */
function mayBeUsedUp({ kind, status }: RefreshFailure): boolean {
  return kind === 'refused' && (status === 400 || status === 401);
}

async function anotherThan(token: Token, surroundings: Surroundings): Promise<StoredToken | undefined> {
  const { store, clock, ended } = surroundings;
  try {
    const stored = await successorOf(token, store, clock, ended);
    learnStored(stored, undefined, surroundings);
    return stored;
  } catch {
    return undefined; // the look that follows a refusal will say so
  }
}

const NO_APP: RefreshOutcome = { ok: false, kind: 'refused', status: null };

async function validate(accessToken: string, surroundings: Surroundings): Promise<Step> {
  const { events } = surroundings;
  const answer = await surroundings.validate(accessToken);
  if (answer.ok) {
    events.tokenValidated(answer.login, answer.expiresIn);
    return (state, given) => steps.validated(state, answer, given);
  }
  events.validationFailed(answer.kind, answer.status);
  return isVerdict(answer) ? steps.revoked : steps.validationFailed;
}

/** Twitch itself says that this is not a token of an account; other answers are not about the token. */
function isVerdict({ kind, status }: TwitchIdFailure): boolean {
  return kind === 'refused' && (status === 401 || status === null);
}

/** What the store holds may be somebody else's work. */
function learnStored(
  stored: StoredToken | undefined,
  held: Held | undefined,
  { store, learn, events }: Surroundings,
): void {
  if (!stored) return;
  learnSecrets(stored.token, learn);
  if (!isSameToken(stored.token, held?.token)) events.tokenAdopted(store.place);
}

function learnSecrets({ accessToken, refreshToken }: Token, learn: (secret: string) => void): void {
  learn(accessToken);
  learn(refreshToken);
}

/** Only a store's own words are for people: any other error may hold anything. Each is told once. */
function storeFailed(error: unknown, told: string | undefined, { store, events }: Surroundings): string {
  const sentence = error instanceof TokenStoreError ? error.message : `${store.place} cannot be used`;
  if (sentence !== told) events.storeFailed(sentence);
  return sentence;
}
