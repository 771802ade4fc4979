import { StoreError } from '../../../gateway/store/database.ts';
import { type Log, openLog, type LogLimits, type LogRecord } from '../../../gateway/store/log.ts';
import type { TestContext } from 'node:test';

export const KEEP_ALL: LogLimits = { maxBytes: 1e9, discard: 'new' };

/** Closed with the test. */
export function openAt(t: TestContext, path: string, limits: LogLimits): Log {
  const log = openLog(path, { ...limits, synchronous: 'NORMAL' });
  t.after(() => log.close());
  return log;
}

export function record(messageId: string, bytes = 5): LogRecord {
  return { messageId, subject: 's', time: 0, headers: {}, attributes: {}, body: new Uint8Array(bytes) };
}

export function stored(sequence: number) {
  return { kind: 'stored', sequence, duplicate: false };
}

export function duplicate(sequence: number) {
  return { kind: 'stored', sequence, duplicate: true };
}

export function ids(log: Log): string[] {
  return log.read({ after: 0, limit: 100_000, subject: undefined }).map((entry) => entry.messageId);
}

export function isStoreError(primaryCode: number, message: RegExp) {
  return (error: unknown) =>
    error instanceof StoreError &&
    ((error.errcode ?? 0) & 0xff) === primaryCode &&
    message.test(error.message);
}
