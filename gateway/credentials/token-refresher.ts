import type { Clock } from '../clock.ts';
import { limitOutbound } from '../outbound.ts';
import { settledWithin } from '../settled-within.ts';
import type { RefreshFailure } from './credentials-state.ts';
import { readToken, type Token } from '../tokens/token.ts';

/** Beyond the deadlines of the request itself: whatever Twurple may wait for ends here. */
const DEADLINE_MS = 30_000;

/** The Twitch app that the account granted its rights to. */
export type App = {
  readonly clientId: string;
  /** "": a public app, which has none. */
  readonly clientSecret: string;
};

export type RefreshOutcome =
  { readonly ok: true; readonly token: Token } | ({ readonly ok: false } & RefreshFailure);

/**
 * Asks Twitch for the next access token, with @twurple/auth. Never throws: Twurple's errors carry the client secret and
 * the refresh token in the clear, so nothing of them but the status gets past here.
 *
 * Each attempt has its own provider, since a provider refuses a user for good after the first failure of any kind.
 */
export async function refreshToken(app: App, token: Token, clock: Clock): Promise<RefreshOutcome> {
  let outcome = failure('unreachable', null);
  const asked = ask(app, token).then((answer) => (outcome = answer));
  await settledWithin(asked, DEADLINE_MS, clock);
  return outcome;
}

async function ask({ clientId, clientSecret }: App, token: Token): Promise<RefreshOutcome> {
  const [{ RefreshingAuthProvider }] = await Promise.all([import('@twurple/auth'), limitOutbound()]);
  const provider = new RefreshingAuthProvider({ clientId, ...(clientSecret && { clientSecret }) });
  try {
    provider.addUser(token.userId, { ...token, scope: [...token.scope] });
    return merged(token, await provider.refreshAccessTokenForUser(token.userId));
  } catch (error) {
    return failureOf(error);
  }
}

/** An answer may leave out what stays as it was; a token whose life is over is not given. */
function merged(token: Token, answer: object): RefreshOutcome {
  const reading = readToken({ ...answer, userId: token.userId });
  if (!reading.ok) return failure('busy', null);
  const { refreshToken: next, scope, expiresIn } = reading.token;
  const kept = { refreshToken: next || token.refreshToken, scope: scope.length > 0 ? scope : token.scope };
  return { ok: true, token: { ...reading.token, ...kept, expiresIn: expiresIn || null } };
}

/**
 * 400 and 401: the grant is gone; 403: the client secret is wrong
 * (https://dev.twitch.tv/docs/authentication/refresh-tokens/). Anything else says nothing about the grant.
 */
function failureOf(error: unknown): RefreshOutcome {
  const status = statusOf(error);
  if (status === 400 || status === 401 || status === 403) return failure('refused', status);
  if (status !== null || error instanceof SyntaxError) return failure('busy', status);
  return failure('unreachable', null);
}

function statusOf(error: unknown): number | null {
  const isAnswer = error instanceof Error && 'statusCode' in error;
  return isAnswer && typeof error.statusCode === 'number' ? error.statusCode : null;
}

function failure(kind: RefreshFailure['kind'], status: number | null): RefreshOutcome {
  return { ok: false, kind, status };
}
