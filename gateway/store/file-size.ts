import type { DatabaseSync } from 'node:sqlite';
import { numberOf, PAGE_SIZE } from './database.ts';

/** The write-ahead log is folded into the file when it holds this many pages; a smaller log folds earlier. */
const CHECKPOINT_PAGES = 1000;

/** @param maxBytes of what the file holds */
export function limitWriteAheadLog(db: DatabaseSync, maxBytes: number): void {
  const pages = Math.max(8, Math.min(CHECKPOINT_PAGES, Math.floor(maxBytes / 16 / PAGE_SIZE)));
  db.exec(`PRAGMA wal_autocheckpoint = ${pages}; PRAGMA journal_size_limit = ${pages * PAGE_SIZE}`);
}

/**
 * Gives back to the disk what a file of more than `bytes` does not need: SQLite keeps the space of what was removed.
 * Whatever is left is copied, so nothing is done while that is more than `bytes`, too.
 *
 * It takes some room itself, and exclusive use of the file for a moment. Without them the file stays as it is, which is
 * no reason not to start: the next start may give the space back.
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
