/** Printable ASCII without spaces: a line break in a token would add a line of IRC. */
const ACCESS_TOKEN = /^[\x21-\x7e]+$/;
/** Three hundred years, and the year 33658: sums of times stay dates. */
export const MOST_SECONDS = 1e10;
const MOST_MILLISECONDS = 1e15;

/** A Twitch user token, as it is kept. Except for `scope` and the times each value is secret or a name; none is ever shown. */
export type Token = {
  readonly accessToken: string;
  /** "": it cannot be refreshed. */
  readonly refreshToken: string;
  readonly scope: readonly string[];
  /** Seconds from `obtainmentTimestamp`; null: not known. */
  readonly expiresIn: number | null;
  /** Milliseconds since 1970. */
  readonly obtainmentTimestamp: number;
  /** "": not known. */
  readonly userId: string;
};

/** `problem`: what is wrong with which member; it contains no value. */
export type TokenReading =
  { readonly ok: true; readonly token: Token } | { readonly ok: false; readonly problem: string };

/**
 * Reads a token from a document or a parsed file. Only an access token and readable times are required: anything else
 * that a sign-in service left out or wrote as null is empty here, and unknown members are ignored.
 */
export function readToken(document: unknown): TokenReading {
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    return { ok: false, problem: 'it is not an object' };
  const { accessToken, refreshToken, scope, expiresIn, obtainmentTimestamp, userId } = document as Members;
  if (typeof accessToken !== 'string' || !ACCESS_TOKEN.test(accessToken))
    return wrong('accessToken', 'a text, not empty, of ASCII without spaces');
  if (!isTextOrAbsent(refreshToken)) return wrong('refreshToken', 'a text');
  if (!isTextOrAbsent(userId)) return wrong('userId', 'a text');
  const scopes = scopesIn(scope);
  if (!scopes) return wrong('scope', 'a list of texts');
  if (!isTimeOrAbsent(expiresIn, MOST_SECONDS))
    return wrong('expiresIn', `a number of seconds, from 0 to ${MOST_SECONDS}, or null`);
  if (!isTimeOrAbsent(obtainmentTimestamp, MOST_MILLISECONDS))
    return wrong('obtainmentTimestamp', 'a number of milliseconds since 1970');
  const token = {
    accessToken,
    refreshToken: refreshToken ?? '',
    scope: scopes,
    expiresIn: expiresIn ?? null,
    obtainmentTimestamp: obtainmentTimestamp ?? 0,
    userId: userId ?? '',
  };
  return { ok: true, token };
}

/** When the access token ends, in milliseconds since 1970; null: not known. */
export function expiresAt(token: Token): number | null {
  return token.expiresIn === null ? null : token.obtainmentTimestamp + token.expiresIn * 1000;
}

export function isSameToken(one: Token, other: Token | undefined): boolean {
  return one.accessToken === other?.accessToken && one.refreshToken === other.refreshToken;
}

/** Twitch sends a list, or nothing when it is empty; RFC 6749 has one text with spaces. undefined: something else. */
export function scopesIn(value: unknown): readonly string[] | undefined {
  const scopes: unknown = typeof value === 'string' ? value.split(' ') : (value ?? []);
  if (!Array.isArray(scopes) || !scopes.every((scope) => typeof scope === 'string')) return undefined;
  return scopes.filter((scope) => scope !== '');
}

type Members = Readonly<Partial<Record<keyof Token, unknown>>>;

function wrong(member: keyof Token, allowed: string): TokenReading {
  return { ok: false, problem: `${member} must be ${allowed}` };
}

function isTextOrAbsent(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}

function isTimeOrAbsent(value: unknown, most: number): value is number | null | undefined {
  if (value === undefined || value === null) return true;
  return typeof value === 'number' && value >= 0 && value <= most;
}
