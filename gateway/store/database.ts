import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { errorText } from '../../shared/error-text.ts';

/** SQLite's `PRAGMA application_id`, "ielg" in ASCII: it marks a file as one of ours. */
const APPLICATION_ID = 0x69656c67;
/** `PRAGMA user_version`: goes up with every change of the tables below. */
const LAYOUT = 2;

/**
 * Bytes a page. Measured with envelopes of 2.3 KB and their headers, at the limit, 20 a commit: the file takes 1.6
 * times its content with 4096, 1.3 with 8192, 1.2 with 16384; for each byte stored 7, 8 and 13 are written, because
 * every random id touches a whole page of its index.
 */
export const PAGE_SIZE = 8192;

/** How long a statement waits for another process's commit; it blocks the event loop, so it is short. */
const BUSY_TIMEOUT_MS = 500;

const TABLES = `
  CREATE TABLE entries (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    time INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX entries_by_subject ON entries (subject);
  CREATE TABLE totals (entries INTEGER NOT NULL, bytes INTEGER NOT NULL, note TEXT NOT NULL) STRICT;
  INSERT INTO totals VALUES (0, 0, '');
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${LAYOUT};
`;

/** A store that cannot be opened, read or written; the message names the file and the cure, if there is one. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly path: string;
  /** SQLite's extended result code (https://www.sqlite.org/rescode.html); null: not SQLite but we found something wrong. */
  readonly errcode: number | null;

  constructor(path: string, problem: string, errcode: number | null, cause?: unknown) {
    super(`${path}: ${problem}`, { cause });
    this.path = path;
    this.errcode = errcode;
  }
}

/** What the primary result codes mean to the person who has to fix it. */
const PROBLEMS: Readonly<Record<number, string>> = {
  5: 'another process keeps the file locked; stop it',
  8: 'the file cannot be written; check its owner and mode',
  10: 'the disk failed to read or write; check the disk and its free space',
  11: 'the file is damaged; move it away, and a new one is made',
  13: 'the disk is full; make room',
  14: 'the file cannot be opened; check that the directory exists, its owner and mode',
  26: 'this is not a SQLite file; move it away, or choose another DATA_DIR',
};

/** Turns whatever SQLite threw into a StoreError, by its numeric code. */
export function toStoreError(path: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const text = errorText(error);
  const errcode = error instanceof Error && 'errcode' in error ? Number(error.errcode) : null;
  const problem = PROBLEMS[(errcode ?? 0) & 0xff];
  return new StoreError(path, problem ? `${problem} (SQLite ${errcode}: ${text})` : text, errcode, error);
}

/**
 * Opens a file for reading and writing, and makes it when there is none.
 *
 * @param synchronous `FULL`: a commit survives a power cut; `NORMAL`: only the death of the process, at a fifth of the price
 * @throws StoreError also for a file of some other program, which is never touched
 */
export function openDatabase(path: string, synchronous: 'FULL' | 'NORMAL'): DatabaseSync {
  return opened(path, false, (db) => {
    const fresh = isFresh(path, db);
    if (fresh) db.exec(`PRAGMA page_size = ${PAGE_SIZE}`);
    const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
    if (mode !== 'wal') throw new StoreError(path, 'this file system cannot hold a write-ahead log', null);
    db.exec(`PRAGMA synchronous = ${synchronous}`);
    if (fresh) makeTables(path, db);
    return db;
  });
}

/**
 * Opens a file for reading, beside its writer or after the writer was killed (what is left in the write-ahead log is
 * then recovered in memory that is shared with the next writer).
 *
 * @returns undefined while the file is still empty: its writer has not made the tables yet
 * @throws StoreError
 */
export function openDatabaseForReading(path: string): DatabaseSync | undefined {
  return opened(path, true, (db) => {
    if (!isFresh(path, db)) return db;
    db.close();
    return undefined;
  });
}

/** Looks again inside the transaction: two processes may have found the same empty file. */
function makeTables(path: string, db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE');
  if (isFresh(path, db)) db.exec(TABLES);
  db.exec('COMMIT');
}

function opened<T>(path: string, readOnly: boolean, prepare: (db: DatabaseSync) => T): T {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(resolve(path), { readOnly, timeout: BUSY_TIMEOUT_MS });
    return prepare(db);
  } catch (error) {
    if (db?.isOpen === true) db.close();
    throw toStoreError(path, error);
  }
}

/** True: there is nothing in it yet; false: it is ours. Anything else is refused, never guessed at. */
function isFresh(path: string, db: DatabaseSync): boolean {
  const id = numberOf(db, 'SELECT application_id AS n FROM pragma_application_id');
  const layout = numberOf(db, 'SELECT user_version AS n FROM pragma_user_version');
  const objects = numberOf(db, 'SELECT count(*) AS n FROM sqlite_schema');
  if (id === APPLICATION_ID && layout === LAYOUT) return false;
  if (id === 0 && layout === 0 && objects === 0) return true;
  const problem =
    id === APPLICATION_ID
      ? `written by another version (layout ${layout}, this one reads ${LAYOUT}); use that version, or move the file away`
      : 'a SQLite file of another program; move it away, or choose another DATA_DIR';
  throw new StoreError(path, problem, null);
}

/** The one number, named `n`, that `sql` selects. */
export function numberOf(db: DatabaseSync, sql: string): number {
  return Number(db.prepare(sql).get()?.['n']);
}
