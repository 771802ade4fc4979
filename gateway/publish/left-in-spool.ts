import { existsSync } from 'node:fs';
import { StoreError } from '../store/database.ts';
import { openLogReader } from '../store/log-reader.ts';
import { spoolPath } from './spool-file.ts';

/**
 * For a run without a spool: what an earlier one, on a bus that has one, left there. The file is only read.
 *
 * @returns a sentence with the cure; undefined: nothing is left
 */
export function leftInSpool(dataDir: string): string | undefined {
  const path = spoolPath(dataDir);
  if (!existsSync(path)) return undefined;
  try {
    const count = countEntries(path);
    if (count === 0) return undefined;
    const left = `${path} holds messages that an earlier run on NATS could not publish (${count})`;
    return `${left}, and this run will not either: start once with MESSAGE_BUS_DRIVER=nats.`;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return `what an earlier run left in the spool cannot be counted: ${error.message}`;
  }
}

function countEntries(path: string): number {
  const reader = openLogReader(path);
  try {
    return reader?.countEntries() ?? 0;
  } finally {
    reader?.close();
  }
}
