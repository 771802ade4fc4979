import { KnownTags } from './known-tags.ts';

/** One IRC message, parsed without loss; what it means is for others to say. */
export type Message = {
  /** Unescaped values by tag name; a tag without a value has "". Like a Map, because names such as `__proto__` are data. */
  readonly tags: ReadonlyMap<string, string>;
  /** What came after the colon: `nick!user@host`, a server name, or "" if absent. */
  readonly source: string;
  /** Verbatim: Twitch sends upper case. */
  readonly command: string;
  readonly params: readonly string[];
};

export type Source = { readonly nick: string; readonly user: string; readonly host: string };

const SPACE = 0x20;
const COLON = 0x3a;
const AT = 0x40;

/** https://ircv3.net/specs/extensions/message-tags#escaping-values */
const ESCAPES = [
  [';', ':'],
  [' ', 's'],
  ['\\', '\\'],
  ['\r', 'r'],
  ['\n', 'n'],
] as const;
const ESCAPED = new Map<string, string>(ESCAPES.map(([plain, letter]) => [plain, `\\${letter}`]));
const UNESCAPED = new Map<string, string>(ESCAPES.map(([plain, letter]) => [letter, plain]));

/**
 * Parses one line, without its ending, in time linear in its length. Never throws.
 *
 * Lenient where servers are sloppy: atoms may be separated by several spaces, the last of several tags with the same
 * name wins, and a tag without a name is skipped.
 *
 * @returns undefined when the line has no command
 */
export function parseMessage(line: string): Message | undefined {
  let position = skipSpaces(line, 0);
  let tags: ReadonlyMap<string, string> | undefined;
  if (line.charCodeAt(position) === AT) {
    const end = indexOrEnd(line, ' ', position);
    tags = KnownTags.read(line, position + 1, end, unescapeValue) ?? parseTags(line, position + 1, end);
    position = skipSpaces(line, end);
  }
  let source = '';
  if (line.charCodeAt(position) === COLON) {
    const end = indexOrEnd(line, ' ', position);
    source = line.slice(position + 1, end);
    position = skipSpaces(line, end);
  }
  if (!isCommandAt(line, position)) return undefined;
  const end = indexOrEnd(line, ' ', position);
  return {
    tags: tags ?? new Map<string, string>(),
    source,
    command: line.slice(position, end),
    params: parseParams(line, end),
  };
}

/**
 * The inverse: one line, without its ending, that `parseMessage` reads as the same message.
 *
 * @param message one that a line can express: no empty names or command, and no space in any atom but the last param
 * @throws RangeError when something other than a tag's value holds a line feed, which would make two lines of one
 */
export function formatMessage({ tags, source, command, params }: Message): string {
  const last = params.length - 1;
  let line = formatTags(tags);
  if (source !== '') line += `:${source} `;
  line += command;
  for (const [index, param] of params.entries()) line += index === last ? formatLast(param) : ` ${param}`;
  if (line.includes('\n')) throw new RangeError('An IRC message cannot hold a line feed');
  return line;
}

/** Takes `nick!user@host` apart; a part that is absent is "". A server name counts as a nick. */
export function parseSource(source: string): Source {
  const hostMark = indexOrEnd(source, '@', 0);
  const userMark = Math.min(indexOrEnd(source, '!', 0), hostMark);
  return {
    nick: source.slice(0, userMark),
    user: source.slice(userMark + 1, hostMark),
    host: source.slice(hostMark + 1),
  };
}

/** A command starts with none of the marks of the other parts, else a line could not be written back. */
function isCommandAt(line: string, position: number): boolean {
  const first = line.charCodeAt(position);
  return position < line.length && first !== COLON && first !== AT;
}

/**
 * The next `=` and `\` are searched for only once the last ones are behind us: each search walks the line once, however
 * many tags there are.
 */
function parseTags(line: string, start: number, end: number): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  let equals = -1;
  let backslash = -1;
  for (let from = start, to = start; from < end; from = to + 1) {
    to = Math.min(indexOrEnd(line, ';', from), end);
    if (equals < from) equals = indexOrEnd(line, '=', from);
    if (backslash < from) backslash = indexOrEnd(line, '\\', from);
    const nameEnd = Math.min(equals, to);
    if (nameEnd === from) continue;
    const value = line.slice(nameEnd + 1, to);
    tags.set(line.slice(from, nameEnd), backslash < to ? unescapeValue(value) : value);
  }
  return tags;
}

/** What the value of a tag means. An unknown escape stands for its letter, a lone backslash at the end for nothing. */
export function unescapeValue(value: string): string {
  let plain = '';
  let from = 0;
  for (let at = value.indexOf('\\'); at >= 0; at = value.indexOf('\\', from)) {
    const letter = value.charAt(at + 1);
    plain += value.slice(from, at) + (UNESCAPED.get(letter) ?? letter);
    from = at + 2;
  }
  return plain + value.slice(from);
}

function parseParams(line: string, start: number): readonly string[] {
  const params: string[] = [];
  for (let from = skipSpaces(line, start), end = from; from < line.length; from = skipSpaces(line, end)) {
    const isTrailing = line.charCodeAt(from) === COLON;
    end = isTrailing ? line.length : indexOrEnd(line, ' ', from);
    params.push(line.slice(isTrailing ? from + 1 : from, end));
  }
  return params;
}

function formatTags(tags: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [name, value] of tags) {
    text += text === '' ? '@' : ';';
    text += value === '' ? name : `${name}=${escapeValue(value)}`;
  }
  return text && `${text} `;
}

function escapeValue(value: string): string {
  let escaped = '';
  for (const character of value) escaped += ESCAPED.get(character) ?? character;
  return escaped;
}

function formatLast(param: string): string {
  return param === '' || param.startsWith(':') || param.includes(' ') ? ` :${param}` : ` ${param}`;
}

function skipSpaces(line: string, position: number): number {
  while (line.charCodeAt(position) === SPACE) position++;
  return position;
}

function indexOrEnd(line: string, mark: string, from: number): number {
  const index = line.indexOf(mark, from);
  return index < 0 ? line.length : index;
}
