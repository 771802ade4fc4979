import { styleText } from 'node:util';

/** Puts colours around a text, or leaves it plain. */
export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

/** Colours where they are welcome: when `stream` is a terminal, and without NO_COLOR. */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  return (format, text) => styleText(format, text, { stream });
}

/** Control characters, line separators and direction marks: they could rewrite the screen. */
const HARMFUL = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/** Makes text that strangers wrote safe to print: what is harmful in it becomes visible, as `\u{1b}`. */
export function harmless(text: string): string {
  return text
    .toWellFormed()
    .replace(HARMFUL, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same for a text of several lines, which stay lines. */
export function harmlessLines(text: string): string {
  return text.split('\n').map(harmless).join('\n');
}

/**
 * One stored message as a line to read: time (UTC), #channel, name in its colour, text; a dead letter also says why.
 * A body that is neither is shown as it is, made harmless. Never throws.
 */
export function readableLine(body: Uint8Array, paint: Paint): string {
  const text = Buffer.from(body).toString();
  const message = parsed(text);
  if (isEnvelope(message)) return chatLine(message, paint);
  const dead = at(message, 'envelope');
  if (!isEnvelope(dead)) return harmless(text);
  const why = `[${textAt(message, 'reason')}: ${textAt(message, 'error')}]`;
  return `${chatLine(dead, paint)} ${paint('red', why)}`;
}

function isEnvelope(value: unknown): boolean {
  return typeof at(value, 'source', 'channel') === 'string';
}

function chatLine(envelope: unknown, paint: Paint): string {
  const time = paint('dim', textAt(envelope, 'timestamp').slice(11, 19));
  const channel = paint('cyan', `#${textAt(envelope, 'source', 'channel')}`);
  const user = textAt(envelope, 'user', 'displayName') || textAt(envelope, 'user', 'name');
  const name = painted(user, textAt(envelope, 'payload', 'color'), paint);
  const separator = at(envelope, 'payload', 'isAction') === true ? ' ' : ': ';
  return `${time} ${channel} ${name}${separator}${textAt(envelope, 'payload', 'text')}`;
}

function painted(name: string, color: string, paint: Paint): string {
  return paint(/^#[0-9a-f]{6}$/i.test(color) ? (color as `#${string}`) : 'bold', name);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value at a path of member names; undefined if the path ends early. */
function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, name) =>
      typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[name] : undefined,
    value,
  );
}

function textAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? harmless(found) : '';
}
