import { env } from 'node:process';
import { createScrubber } from '../secrets/scrubber.ts';
import { MOST_SECONDS, scopesIn } from '../tokens/token.ts';

/** Twitch answers within a second. */
const DEADLINE_MS = 10_000;
/** A sentence; anything longer is somebody's web page. */
const MAX_DETAIL = 200;

/**
 * `unreachable`: no answer, or none in time. `busy`: 429, 5xx, or an answer that is not what was asked for (half a
 * body, a proxy's page): worth asking again. `refused`: any other 4xx, which asking again does not change.
 */
export type TwitchIdFailure = {
  readonly ok: false;
  readonly kind: 'unreachable' | 'busy' | 'refused';
  readonly status: number | null;
  /** Twitch's own words if there are any; never a secret. */
  readonly detail: string;
};

/** `expiresIn`: seconds; null: never. */
export type ValidToken = {
  readonly ok: true;
  readonly login: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly expiresIn: number | null;
};

/** Members of an answer, which may be anything: each is read as what it should be, or not at all. */
export type Answer = Readonly<Record<string, unknown>>;

/** One request: `form` is posted, and `read` returns undefined for an answer that makes no sense. */
export type TwitchIdRequest<T> = {
  readonly endpoint: 'validate' | 'device' | 'token';
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly form: Readonly<Record<string, string>> | undefined;
  /** What must be concealed if the answer repeats it. */
  readonly secrets: readonly string[];
  readonly read: (answer: Answer) => T | undefined;
  /** Gives up when it aborts. */
  readonly signal: AbortSignal;
};

/**
 * Asks whose token this is and whether it is valid, as Twitch demands of everyone at the start and every hour
 * (https://dev.twitch.tv/docs/authentication/validate-tokens/). One that has run out or was revoked is `refused` with
 * 401. Never throws.
 *
 * @param signal gives up when it aborts
 */
export async function validateToken(
  accessToken: string,
  signal: AbortSignal = idDeadline(),
): Promise<ValidToken | TwitchIdFailure> {
  if (!/^[\x21-\x7e]+$/.test(accessToken)) return failure('refused', null, 'it cannot be a token');
  const headers = { authorization: `OAuth ${accessToken}` };
  const secrets = [accessToken];
  return askTwitchId({ endpoint: 'validate', headers, form: undefined, secrets, read: readToken, signal });
}

function readToken(answer: Answer): ValidToken | TwitchIdFailure | undefined {
  const scopes = scopesIn(answer['scopes']);
  if (textIn(answer, 'client_id') === undefined || !scopes) return undefined;
  const [login, userId] = [textIn(answer, 'login'), textIn(answer, 'user_id')];
  if (login === undefined || userId === undefined)
    return failure('refused', null, 'an app access token, which belongs to no account');
  return { ok: true, login: login.toLowerCase(), userId, scopes, expiresIn: secondsIn(answer, 'expires_in') };
}

/** How long one request may take. */
export function idDeadline(): AbortSignal {
  return AbortSignal.timeout(DEADLINE_MS);
}

/**
 * One request to Twitch's id service. Secrets travel in a header or the body, never in the address, and redirects are
 * not followed, since they would take them elsewhere. Never throws.
 */
export async function askTwitchId<T>(request: TwitchIdRequest<T>): Promise<T | TwitchIdFailure> {
  const { endpoint, secrets, read } = request;
  const told = (words: string) => createScrubber(secrets).scrub(words).slice(0, MAX_DETAIL);
  let status: number | null = null;
  try {
    const response = await fetch(addressOf(endpoint), fetchOptions(request));
    status = response.status;
    const answer = answerIn(await response.text());
    if (!response.ok) return failure(kindOf(status), status, told(wordsIn(answer) ?? `status ${status}`));
    return read(answer) ?? failure('busy', status, `${endpoint} answered something other than documented`);
  } catch (error) {
    return failure(status === null ? 'unreachable' : 'busy', status, told(whyIn(error)));
  }
}

/** Half a body, a list or a page is an answer without members. */
function answerIn(body: string): Answer {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Answer) : {};
  } catch {
    return {};
  }
}

/** undefined if it is missing, empty or something else. */
export function textIn(answer: Answer, name: string): string | undefined {
  const value = answer[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A life; null: endless, which some old tokens say with 0 or by leaving it out. */
export function secondsIn(answer: Answer, name: string): number | null {
  const value = answer[name];
  return typeof value === 'number' && value > 0 && value <= MOST_SECONDS ? value : null;
}

function fetchOptions({ headers, form, signal }: TwitchIdRequest<unknown>): RequestInit {
  const post = form && { method: 'POST', body: new URLSearchParams(form) };
  return { ...post, ...(headers && { headers }), signal, redirect: 'manual' };
}

/** Twurple reads this variable from the environment at each call; whatever asks the same service must do the same. */
function addressOf(endpoint: string): string {
  const port = env['TWURPLE_MOCK_API_PORT'];
  return port ? `http://localhost:${port}/auth/${endpoint}` : `https://id.twitch.tv/oauth2/${endpoint}`;
}

function failure(kind: TwitchIdFailure['kind'], status: number | null, detail: string): TwitchIdFailure {
  return { ok: false, kind, status, detail };
}

function kindOf(status: number): 'busy' | 'refused' {
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'refused' : 'busy';
}

/** Twitch says in `message` what RFC 6749 has in `error`. */
function wordsIn(answer: Answer): string | undefined {
  return textIn(answer, 'message') ?? textIn(answer, 'error');
}

/** fetch says "fetch failed", and its cause why. */
function whyIn(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
