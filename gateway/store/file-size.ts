import type { DatabaseSync } from 'node:sqlite';
import { numberOf, PAGE_SIZE } from './database.ts';

/** The write-ahead log is folded into the file when it holds this many pages; a smaller log folds earlier. */
const CHECKPOINT_PAGES = 1000;

/** @param maxBytes what the file is to hold */
export function limitWriteAheadLog(db: DatabaseSync, maxBytes: number): void {
  const pages = Math.max(8, Math.min(CHECKPOINT_PAGES, Math.floor(maxBytes / 16 / PAGE_SIZE)));
  db.exec(`PRAGMA wal_autocheckpoint = ${pages}; PRAGMA journal_size_limit = ${pages * PAGE_SIZE}`);
}

/**
 * Gives back to the disk what a file takes and does not need, once it takes more than `bytes`: SQLite keeps for itself
 * what was removed. Only what is left is copied, and it is left alone while that is more than `bytes`, too.
 *
 * It needs some room itself, and the file for a moment alone. Without them the file stays as it is, which is no reason
 * not to start: the next start gives back the space.
 */
export function giveBackUnused(db: DatabaseSync, bytes: number): void {
  try {
    const pages = numberOf(db, 'SELECT page_count AS n FROM pragma_page_count');
    const unused = numberOf(db, 'SELECT freelist_count AS n FROM pragma_freelist_count');
    const allowed = bytes / PAGE_SIZE;
    if (pages <= allowed || pages - unused > allowed) return;
    db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    return;
  }
}
