import { note, shown, type Anomalies } from './anomalies.ts';
import { parseDecimal, readText, type Tags } from './tag-values.ts';

/** `text.slice(start, end) === name`: UTF-16, half open. */
export type Emote = {
  readonly id: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
};

/** As Twitch counts: code points, both ends inclusive. */
type Range = { readonly id: string; readonly first: number; readonly last: number };

/** Twice what Twitch sends. An id is repeated with each of its ranges, so a long one could inflate the envelope. */
export const MAX_ID_LENGTH = 128;

/**
 * The `emotes` tag, `id:first-last,first-last/id:first-last`, in the order of the text.
 * Twitch is known to send ranges outside the text (https://github.com/twitchdev/issues/issues/104): a range that is
 * outside, unreadable or overlaps an earlier one is left out.
 */
export function readEmotes(tags: Tags, text: string, anomalies: Anomalies): readonly Emote[] {
  const value = readText(tags, 'emotes');
  return value === '' ? [] : parseEmotes(value, text, anomalies);
}

export function parseEmotes(value: string, text: string, anomalies: Anomalies): readonly Emote[] {
  const ranges = parseRanges(value, anomalies).sort((a, b) => a.first - b.first);
  return locate(ranges, text, anomalies);
}

function parseRanges(value: string, anomalies: Anomalies): Range[] {
  const ranges: Range[] = [];
  for (const entry of value.split('/')) {
    const colon = entry.indexOf(':');
    const id = entry.slice(0, Math.max(colon, 0));
    if (id === '' || id.length > MAX_ID_LENGTH) {
      note(anomalies, 'emotes', `"${shown(entry)}" is not <id>:<ranges>`);
      continue;
    }
    for (const text of entry.slice(colon + 1).split(',')) {
      const range = parseRange(id, text);
      if (range) ranges.push(range);
      else note(anomalies, 'emotes', `${shown(`${id}:${text}`)} is not a range`);
    }
  }
  return ranges;
}

function parseRange(id: string, text: string): Range | undefined {
  const dash = text.indexOf('-');
  const first = parseDecimal(text.slice(0, Math.max(dash, 0)));
  const last = parseDecimal(text.slice(dash + 1));
  if (first === undefined || last === undefined || last < first) return undefined;
  return { id, first, last };
}

function locate(ranges: readonly Range[], text: string, anomalies: Anomalies): readonly Emote[] {
  const emotes: Emote[] = [];
  const position = utf16Positions(text);
  let previousEnd = 0;
  for (const { id, first, last } of ranges) {
    const start = position(first);
    const end = position(last + 1);
    if (start !== undefined && end !== undefined && start >= previousEnd) {
      emotes.push({ id, name: text.slice(start, end), start, end });
      previousEnd = end;
      continue;
    }
    const problem = end === undefined ? 'lies outside the text' : 'overlaps another emote';
    note(anomalies, 'emotes', `${shown(`${id}:${first}-${last}`)} ${problem}`);
  }
  return emotes;
}

/** Turns a count of code points into one of UTF-16 units; undefined past the end of the text. */
function utf16Positions(text: string): (codePoints: number) => number | undefined {
  if (!/[\u{10000}-\u{10ffff}]/u.test(text)) return (count) => (count <= text.length ? count : undefined);
  const positions = [0];
  let position = 0;
  for (const character of text) positions.push((position += character.length));
  return (count) => positions[count];
}
