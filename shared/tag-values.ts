import { note, shown, type Anomalies } from './anomalies.ts';
import type { Message } from './tmi-parser.ts';

/** The tags of a message. One that is present but empty means the same as one that is absent. */
export type Tags = Message['tags'];

/** The last millisecond that ISO 8601 writes with a four-digit year. */
const LATEST_TIMESTAMP = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Decimal digits and nothing else, up to 2⁵³ − 1; undefined otherwise. */
export function parseDecimal(text: string): number | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Milliseconds since 1970, as in `tmi-sent-ts`, up to the end of the year 9999; undefined otherwise. */
export function parseTimestamp(text: string): number | undefined {
  const ms = parseDecimal(text);
  return ms !== undefined && isTimestamp(ms) ? ms : undefined;
}

/** Whether a number is such a time. */
export function isTimestamp(ms: number): boolean {
  return ms >= 0 && ms <= LATEST_TIMESTAMP;
}

/** "" when absent. */
export function readText(tags: Tags, name: string): string {
  return tags.get(name) ?? '';
}

/** `1` or `0`; false when absent. */
export function readFlag(tags: Tags, name: string, anomalies: Anomalies): boolean {
  const value = readText(tags, name);
  if (value === '1') return true;
  if (value !== '' && value !== '0') note(anomalies, name, `"${shown(value)}" is neither 0 nor 1`);
  return false;
}

/** A whole number; 0 when absent. */
export function readNumber(tags: Tags, name: string, anomalies: Anomalies): number {
  const value = readText(tags, name);
  if (value === '') return 0;
  const number = parseDecimal(value);
  if (number === undefined) note(anomalies, name, `"${shown(value)}" is not a whole decimal number`);
  return number ?? 0;
}

/** Milliseconds since 1970 as an ISO 8601 date in UTC; "" when absent. */
export function readTime(tags: Tags, name: string, anomalies: Anomalies): string {
  const value = readText(tags, name);
  if (value === '') return '';
  const ms = parseTimestamp(value);
  if (ms === undefined) note(anomalies, name, `"${shown(value)}" is not a time in milliseconds since 1970`);
  return ms === undefined ? '' : new Date(ms).toISOString();
}

/** `#RRGGBB`; "" when absent. */
export function readColor(tags: Tags, name: string, anomalies: Anomalies): string {
  const value = readText(tags, name);
  if (value === '' || /^#[0-9A-Fa-f]{6}$/.test(value)) return value;
  note(anomalies, name, `"${shown(value)}" is not of the form #RRGGBB`);
  return '';
}
