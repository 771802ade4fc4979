import type { protos } from '@google-cloud/firestore-api';
import type { Token } from './token.ts';

type Value = protos.google.firestore.v1.IValue;
/** The members of a document, as on the wire. */
export type Fields = { [name: string]: Value };
export type Timestamp = protos.google.protobuf.ITimestamp;

/** @param date milliseconds since 1970: the time written as `updatedAt` */
export function fieldsOf(token: Token, date: number): Fields {
  const texts = token.scope.map((stringValue) => ({ stringValue }));
  return {
    accessToken: { stringValue: token.accessToken },
    refreshToken: { stringValue: token.refreshToken },
    scope: { arrayValue: { values: texts } },
    expiresIn: token.expiresIn === null ? { nullValue: 'NULL_VALUE' } : numberValue(token.expiresIn),
    obtainmentTimestamp: numberValue(token.obtainmentTimestamp),
    userId: { stringValue: token.userId },
    updatedAt: { timestampValue: { seconds: Math.floor(date / 1000), nanos: (date % 1000) * 1e6 } },
  };
}

function numberValue(number: number): Value {
  return Number.isSafeInteger(number) ? { integerValue: number } : { doubleValue: number };
}

/** The members as plain values; a time in milliseconds since 1970; undefined for kinds that no token has. */
export function documentOf(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)]));
}

function plain(value: Value): unknown {
  const { stringValue, integerValue, doubleValue, arrayValue, timestampValue, nullValue } = value;
  if (timestampValue) return Number(timestampValue.seconds ?? 0) * 1000 + (timestampValue.nanos ?? 0) / 1e6;
  if (arrayValue) return (arrayValue.values ?? []).map(plain);
  if (integerValue !== undefined && integerValue !== null) return Number(integerValue);
  if (nullValue !== undefined && nullValue !== null) return null;
  return stringValue ?? doubleValue ?? undefined;
}

/** The time of the last update as a version; Firestore gives it in microseconds. */
export function versionOf(time: Timestamp | null | undefined): string {
  return `${String(time?.seconds ?? 0)}.${String(time?.nanos ?? 0)}`;
}

export function updateTimeOf(version: string): Timestamp {
  const [seconds = '0', nanos] = version.split('.');
  return { seconds, nanos: Number(nanos) };
}

/** False where one of them is not known. */
export function isBefore(time: Timestamp | null | undefined, other: Timestamp | null | undefined): boolean {
  if (!time || !other) return false;
  const seconds = Number(time.seconds ?? 0) - Number(other.seconds ?? 0);
  return seconds < 0 || (seconds === 0 && (time.nanos ?? 0) < (other.nanos ?? 0));
}
