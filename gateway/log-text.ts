/**
 * What a terminal or a log viewer would act on instead of showing it: DEL and C1 controls, zero-width characters, the
 * Unicode line ends, and the marks that turn the direction of writing (https://trojansource.codes).
 */
const UNUSUAL = '\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff';
const BEYOND_JSON = new RegExp(`[${UNUSUAL}]`, 'g');
/** With the C0 controls, but for tabs and line breaks: stacks have them. */
const INVISIBLE = new RegExp(`[\\u0000-\\u0008\\u000b-\\u001f${UNUSUAL}]`, 'g');

/** One line of JSON that is safe to look at: what JSON leaves unescaped is escaped, too. */
export function toJsonLine(record: unknown): string {
  return `${JSON.stringify(record).replace(BEYOND_JSON, escaped)}\n`;
}

/** The text with such characters and controls spelled out as `\u001b`. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, escaped);
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * A value that came from JSON, with `change` applied to every text in it, names of members included.
 *
 * @param change is also given the name of the nearest member; "" for a name itself
 */
export function mapText(value: unknown, change: (text: string, name: string) => string, name = ''): unknown {
  if (typeof value === 'string') return change(value, name);
  if (Array.isArray(value)) return value.map((each) => mapText(each, change, name));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  return Object.fromEntries(members.map(([key, each]) => [change(key, ''), mapText(each, change, key)]));
}
