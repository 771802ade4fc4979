import { once } from 'node:events';
import type { RefreshOutcome } from '../../gateway/credentials/token-refresher.ts';
import type { StoredToken } from '../../gateway/tokens/token-store.ts';
import { successorOf } from '../../gateway/tokens/successor.ts';
import { isSameToken, type Token } from '../../gateway/tokens/token.ts';
import type { TwitchIdFailure, ValidToken } from '../../gateway/credentials/twitch-id.ts';
import { bad, ofValid, SIGN_IN, unchecked, whyNoRefresh, type Finding } from './finding.ts';
import { saveToken, type KeepOptions } from './keep-token.ts';
import { persistently } from './persistently.ts';

/** A token this near its end is refreshed: by the next run of the job it may have run out. */
const MARGIN_S = 3600;
/** A writer that is faster than we are this often keeps the token fresh itself. */
const ROUNDS = 3;
const CONFLICTS = 5;

export type RefreshOptions = KeepOptions & {
  readonly validate: (accessToken: string) => Promise<ValidToken | TwitchIdFailure>;
  /** undefined: there is no app to refresh with. */
  readonly refresh: ((token: Token) => Promise<RefreshOutcome>) | undefined;
  /** The account that the gateway should read as; "": any. */
  readonly login: string;
};

/**
 * Asks Twitch about the stored token and refreshes it if it has run out or is about to. A token that somebody else stored
 * meanwhile replaces ours.
 *
 * @throws TokenStoreError
 */
export async function keepFresh(options: RefreshOptions): Promise<Finding> {
  const { store } = options;
  for (let round = 0; round < ROUNDS; round++) {
    const stored = await store.load();
    if (!stored) return bad(`Nothing is stored in ${store.place}: sign in with npm run authorize.`);
    const finding = await look(stored, options);
    if (finding) return finding;
    options.onNotice('Somebody else has stored another token meanwhile: checking that one.');
  }
  return bad(`Somebody else keeps writing to ${store.place}. Try again later.`);
}

/** undefined: it is no longer the one that is stored. */
async function look(stored: StoredToken, options: RefreshOptions): Promise<Finding | undefined> {
  const answer = await ask(stored.token, options);
  if (!answer.ok) return answer.status === 401 ? refresh(stored, options) : unchecked(answer);
  const finding = found(answer, stored.token, options);
  const isNearItsEnd = answer.expiresIn !== null && answer.expiresIn <= MARGIN_S;
  return finding.isGood && isNearItsEnd ? refresh(stored, options) : finding;
}

async function refresh(stored: StoredToken, options: RefreshOptions): Promise<Finding | undefined> {
  const { refresh: request, onNotice } = options;
  const hindrance = whyNoRefresh(stored.token, request !== undefined);
  if (!request || hindrance !== undefined) return bad(`The token has to be refreshed, but ${hindrance}.`);
  const onTrouble = () => onNotice('Twitch could not be asked for a new token; trying again.');
  const outcome = await persistently(() => request(stored.token), onTrouble, options);
  if (!outcome.ok) return (await isReplaced(stored, options)) ? undefined : bad(notRefreshedText(outcome));
  if (!(await replace(stored, outcome.token, options))) return undefined;
  const answer = await ask(outcome.token, options);
  const { isGood, sentence } = answer.ok ? found(answer, outcome.token, options) : unchecked(answer);
  return { isGood, sentence: `Refreshed. ${sentence}` };
}

async function isReplaced({ token }: StoredToken, options: RefreshOptions): Promise<boolean> {
  const { store, clock, signal } = options;
  return (await successorOf(token, store, clock, once(signal, 'abort'))) !== undefined;
}

/** False: somebody else put another token there, which is as good as ours. */
async function replace(old: StoredToken, token: Token, options: RefreshOptions): Promise<boolean> {
  let over: string | undefined = old.version;
  for (let conflicts = 0; conflicts < CONFLICTS; conflicts++) {
    const result = await saveToken(token, over, options);
    if (result.kind === 'saved') return true;
    if (result.stored && !isSameToken(old.token, result.stored.token)) return false;
    over = result.stored?.version;
  }
  return false;
}

function ask({ accessToken }: Token, options: RefreshOptions): Promise<ValidToken | TwitchIdFailure> {
  const { validate, onNotice } = options;
  const onTrouble = () => onNotice('Twitch could not be asked about the token; trying again.');
  return persistently(() => validate(accessToken), onTrouble, options);
}

function found(valid: ValidToken, token: Token, { login, refresh: request, clock }: RefreshOptions): Finding {
  return ofValid(valid, token, { login, hasApp: request !== undefined, now: clock.date() });
}

function notRefreshedText({ kind, status }: RefreshOutcome & { ok: false }): string {
  const why = status === null ? 'no answer that makes sense' : `status ${status}`;
  if (kind !== 'refused') return `The token could not be refreshed now (${why}). Try again later.`;
  return status === 403
    ? `Twitch refuses the app (${why}): correct TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET.`
    : `Twitch refuses to refresh the token (${why}), which was revoked or is too old: ${SIGN_IN}.`;
}
