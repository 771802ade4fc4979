import { accessSync, constants, statSync } from 'node:fs';
import { firstFew } from './first-few.ts';
import { parseNatsUrls } from './bus/nats-url.ts';
import { isSecretReference } from './secrets/secret-reference.ts';
import { isSubject, isSubjectPrefix } from '../shared/subjects.ts';

/**
 * What a text means, or what would have been allowed: a phrase that completes "it must be …".
 * `cure` says what to do about it where the rest does not make that plain.
 */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly allowed: string; readonly cure?: string };

export type Parse<T> = (text: string) => Parsed<T>;

/** The longest delay that `setTimeout` takes; a longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Strictly decimal: no sign, space, exponent, separator, fraction or leading zero. */
export function integer(min: number, max: number, unit = ''): Parse<number> {
  const allowed = `a decimal integer from ${min} to ${max}${unit && ` (${unit})`}`;
  return (text) => {
    const value = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? accepted(value) : { ok: false, allowed };
  };
}

export const milliseconds = integer(1, LONGEST_TIMER_MS, 'milliseconds');
/** 0: never. */
export const optionalSeconds = integer(0, Math.floor(LONGEST_TIMER_MS / 1000), 'seconds');
export const bytes = integer(1, Number.MAX_SAFE_INTEGER, 'bytes');
/** 0: any free port. */
export const port = integer(0, 65_535);

export function oneOf<const T extends string>(...values: readonly T[]): Parse<T> {
  const allowed = `${values.length > 1 ? 'one of ' : ''}${values.map(quote).join(', ')}`;
  return (text) => {
    const value = values.find((known) => known === text);
    return value === undefined ? { ok: false, allowed } : accepted(value);
  };
}

/** Lets "" through as it is: not set. */
export function optional<T>(parse: Parse<T>): Parse<T | ''> {
  return (text) => (text === '' ? accepted('') : parse(text));
}

/** The same for a list: "" is the empty one. */
export function listOrNone<T>(parse: Parse<readonly T[]>): Parse<readonly T[]> {
  return (text) => (text === '' ? accepted([]) : parse(text));
}

const LOGIN = /^[a-z0-9_]{1,25}$/i;

/** A Twitch login; case is forgiven. */
export const login: Parse<string> = (text) =>
  LOGIN.test(text)
    ? accepted(text.toLowerCase())
    : { ok: false, allowed: 'a Twitch login: 1 to 25 of a-z, 0-9 and _' };

/** Channel logins between commas or white space; `#`, case and repeats are forgiven. */
export const channels: Parse<readonly string[]> = (text) => {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  const logins = names.map((name) => name.replace(/^#/, ''));
  if (logins.length > 0 && logins.every((name) => LOGIN.test(name))) {
    return accepted([...new Set(logins.map((name) => name.toLowerCase()))]);
  }
  const wrong = names.filter((_, index) => !LOGIN.test(logins[index] ?? ''));
  return {
    ok: false,
    allowed: 'channel logins (1 to 25 of a-z, 0-9 and _) separated by commas or spaces',
    cure: wrong.length > 0 ? `Not a login: ${shown(wrong)}.` : 'Name at least one channel.',
  };
};

/** A whole file may be wrong. */
function shown(names: readonly string[]): string {
  const short = names.map((name) => quote(name.length > 40 ? `${name.slice(0, 40)}…` : name));
  return firstFew(short, 5);
}

/** Printable ASCII without spaces: a line break in a token would add an IRC command or an HTTP header. */
export const token: Parse<string> = (text) =>
  /^[\x21-\x7e]+$/.test(text)
    ? accepted(text)
    : {
        ok: false,
        allowed: 'printable ASCII without spaces',
        cure: 'The usual cause is a line break at the end, as files often have.',
      };

/** A secret, or the name under which Secret Manager keeps it; no secret begins as such a name does. */
export function orReference(parse: Parse<string>): Parse<string> {
  const allowed = 'the secret itself, or its name as projects/P/secrets/S/versions/V';
  return (text) =>
    text.startsWith('projects/') && !isSecretReference(text) ? { ok: false, allowed } : parse(text);
}

/** A user access token, with or without the `oauth:` that chat wants in front of it; the value is without it. */
export const accessToken: Parse<string> = (text) => token(text.replace(/^oauth:/i, ''));

/** A chat server; credentials have their own variables and would be shown with the address. */
export const chatUrl: Parse<string> = (text) => {
  const url = /^wss?:\/\/[\x21-\x7e]+$/i.test(text) ? URL.parse(text) : null;
  return url && url.username === '' && url.password === '' && url.hash === ''
    ? accepted(text)
    : { ok: false, allowed: 'a ws:// or wss:// address without user, password and fragment' };
};

/** Servers of one NATS system; the value stays the text. */
export const natsUrl: Parse<string> = (text) => {
  const reading = parseNatsUrls(text);
  if (reading.ok) return accepted(text);
  // Credentials are shown apart: in an address the scrubber would take even an example for a secret.
  const allowed =
    'one or more addresses such as nats://host:4222 or tls://host, separated by commas, with ' +
    'user:password@ or token@ before the host where the server asks for it';
  return { ok: false, allowed, cure: reading.problem };
};

/** The server and its tools use it in subjects and file paths. */
export const streamName: Parse<string> = (text) =>
  /^[A-Za-z0-9_-]{1,255}$/.test(text)
    ? accepted(text)
    : { ok: false, allowed: 'a stream name: 1 to 255 of A-Z, a-z, 0-9, _ and -' };

/** The server counts nanoseconds in 63 bits. 0: for ever. */
export const streamAge = integer(0, 9_223_372_036, 'seconds');

/** The path of a file that can be read now. */
export const readableFile: Parse<string> = (text) =>
  isReadableFile(text)
    ? accepted(text)
    : { ok: false, allowed: 'the path of a file that this user may read' };

function isReadableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

export const subjectPrefix: Parse<string> = (text) =>
  isSubjectPrefix(text)
    ? accepted(text)
    : {
        ok: false,
        allowed: 'tokens of A-Z, a-z, 0-9, _ and - that each end in a dot',
        ...(isSubjectPrefix(`${text}.`) && { cure: `Did you mean "${text}."?` }),
      };

export const subject: Parse<string> = (text) =>
  isSubject(text)
    ? accepted(text)
    : { ok: false, allowed: 'a subject: words without spaces, * and > between dots' };

/**
 * A Firestore collection: an odd number of names, so that it can hold a document
 * (https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields).
 */
export const collectionPath: Parse<string> = (text) => {
  const names = text.split('/');
  return names.length % 2 === 1 && names.every((name) => PATH_NAME.test(name))
    ? accepted(text)
    : { ok: false, allowed: 'a collection: an odd number of names between slashes' };
};

/** No dots alone, no `__…__`. */
const PATH_NAME = /^(?!\.{1,2}$)(?!__.*__$)[^\s/\p{C}]+$/u;

/** https://cloud.google.com/resource-manager/docs/creating-managing-projects; domain-scoped ones have a colon. */
export const projectId: Parse<string> = (text) =>
  /^[a-z0-9][a-z0-9.:-]{1,62}$/.test(text)
    ? accepted(text)
    : { ok: false, allowed: 'the id of a Google Cloud project: a-z, 0-9 and -' };

/** Any text without control characters, line breaks or invisible characters. */
export const printable: Parse<string> = (text) =>
  /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u.test(text)
    ? accepted(text)
    : { ok: false, allowed: 'printable text on one line' };

/** For a sentence: whatever was given, on one line, with invisible characters escaped. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu,
    (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`,
  );
}

function accepted<T>(value: T): Parsed<T> {
  return { ok: true, value };
}
