import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../store/database.ts';
import { openLog, type OpenLog } from '../store/log.ts';
import type { SpoolMode } from './intake-options.ts';
import { openSpool, type Spool } from './spool.ts';

export type SpoolFile = {
  readonly spool: Spool | undefined;
  /** Where a file that is not a spool of ours was moved, and what was wrong with it. */
  readonly setAside: { readonly path: string; readonly error: StoreError } | undefined;
};

/** The one file of the spool; there is none until one is needed. */
export function spoolPath(dataDir: string): string {
  return join(dataDir, 'spool.sqlite');
}

/**
 * Opens the spool of a data directory. With `off` it is opened only if an earlier run left one, to be emptied.
 * A file that cannot be read as a spool is moved aside, whole, for a person to look at: its contents are never guessed.
 *
 * @param now milliseconds since 1970, for the name of what is moved aside
 * @throws StoreError when the disk cannot be used at all
 */
export function openSpoolFile(
  dataDir: string,
  mode: SpoolMode,
  maxBytes: number,
  now: number,
  open: OpenLog = openLog,
): SpoolFile {
  const path = spoolPath(dataDir);
  if (mode === 'off' && !existsSync(path)) return { spool: undefined, setAside: undefined };
  try {
    return { spool: openSpool(path, maxBytes, open), setAside: undefined };
  } catch (error) {
    if (!(error instanceof StoreError) || !isUnreadable(error)) throw error;
    const aside = `${path}.unreadable-${now}`;
    for (const suffix of ['', '-wal', '-shm']) {
      if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
    }
    const spool = mode === 'off' ? undefined : openSpool(path, maxBytes, open);
    return { spool, setAside: { path: aside, error } };
  }
}

/** Damaged (SQLITE_CORRUPT, SQLITE_NOTADB), or sound but not ours. */
function isUnreadable({ errcode }: StoreError): boolean {
  return errcode === null || [11, 26].includes(errcode & 0xff);
}
