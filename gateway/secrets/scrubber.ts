import { mapText } from '../log-text.ts';

const REDACTED = '[redacted]';

/** Shorter values would blot out half of every line, and are not secrets. */
const SHORTEST_SECRET = 6;

/** Access and refresh tokens of a few days: with all of them, each line would take longer and longer. */
const MOST_TOKENS = 64;

/** Secrets that nobody told us about, by what comes before them. */
const PATTERNS: readonly RegExp[] = [
  /(\boauth:)[^\s"'\\,;&<>]+/gi,
  /(\b(?:Bearer|Basic)\s+)[A-Za-z0-9+/=._~-]{8,}/gi,
  /((?:access_?token|refresh_?token|client_?secret|device_?code)(?:\\*["'])?\s*(?:[=:]|%3d)\s*(?:\\*["'])?)[^\s"'\\,;&<>}]+/gi,
  /(:\/\/)[^\s"'\\/@]+(?=@)/g,
];

/** Members of a record whose text is always a secret. */
const SECRET_NAME = /(?:access|refresh)_?token|client_?secret|device_?code|password|authorization/i;

export type Scrubber = {
  /** The text with every known secret, in any of its disguises, and whatever looks like one, blotted out. */
  readonly scrub: (text: string) => string;
  /** The same for every text in a value that came from JSON, names of members included. */
  readonly scrubAll: (value: unknown) => unknown;
  /** Adds a secret; too short a one ("" too) is not kept. */
  readonly learn: (secret: string) => void;
  /** Adds one of those that keep coming for as long as we run: only the newest are kept. */
  readonly learnToken: (token: string) => void;
};

/**
 * The last gate before a line leaves. It works by value, on everything in the line, so it does not matter how a secret
 * got there: other people's errors carry secrets in message, stack and nested fields.
 */
export function createScrubber(secrets: readonly string[]): Scrubber {
  let kept: readonly string[] = [];
  let tokens: readonly string[] = [];
  let known: readonly string[] = [];
  const scrub = (text: string): string => withoutPatterns(withoutValues(text, known));
  const learn = (secret: string): void => {
    kept = [...new Set([...kept, secret])];
    known = disguisesOf([...kept, ...tokens]);
  };
  const learnToken = (token: string): void => {
    tokens = [...tokens.filter((other) => other !== token), token].slice(-MOST_TOKENS);
    known = disguisesOf([...kept, ...tokens]);
  };
  secrets.forEach(learn);
  const scrubMember = (text: string, name: string): string =>
    text !== '' && SECRET_NAME.test(name) ? REDACTED : scrub(text);
  return { scrub, scrubAll: (value) => mapText(value, scrubMember), learn, learnToken };
}

function withoutValues(text: string, values: readonly string[]): string {
  return values.reduce((line, value) => line.replaceAll(value, REDACTED), text);
}

function withoutPatterns(text: string): string {
  return PATTERNS.reduce((line, pattern) => line.replace(pattern, `$1${REDACTED}`), text);
}

/** Longest first, since one may contain another. */
function disguisesOf(secrets: readonly string[]): string[] {
  const longEnough = secrets.filter(({ length }) => length >= SHORTEST_SECRET);
  return [...new Set(longEnough.flatMap(disguises))].sort((a, b) => b.length - a.length);
}

/** A secret as it may appear in a text: plain, in JSON within the text (and in JSON within that), in a URL, in base64. */
function disguises(secret: string): string[] {
  const forURL = encodeURIComponent(secret.toWellFormed());
  const forForm = new URLSearchParams({ '': secret }).toString().slice(1);
  const encoded = [forURL, forForm].flatMap((text) => [text, lowerCaseEscapes(text)]);
  return [secret, jsonEscaped(secret), jsonEscaped(jsonEscaped(secret)), ...encoded, ...base64Parts(secret)];
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function lowerCaseEscapes(text: string): string {
  return text.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
}

/**
 * The characters of a base64 text that depend on the secret alone, for each of the three places in a group of three
 * bytes where it may begin: in `Basic` credentials, for example, it follows a name of any length.
 */
function base64Parts(secret: string): string[] {
  const size = Buffer.byteLength(secret);
  return [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
    const [from, to] = [Math.ceil((offset * 4) / 3), Math.floor(((offset + size) * 4) / 3)];
    return (['base64', 'base64url'] as const).map((encoding) => whole.toString(encoding).slice(from, to));
  });
}
