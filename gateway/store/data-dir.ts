import { accessSync, constants } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeDirectory } from '../make-directory.ts';

/** DATA_DIR cannot be used, or another gateway uses it; the message names the directory and the cure. */
export class DataDirError extends Error {
  override readonly name = 'DataDirError';
  readonly kind: 'unusable' | 'locked';

  constructor(kind: DataDirError['kind'], message: string, cause: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** A directory that is ours until `release()` or the end of the process. */
export type DataDir = {
  /** Absolute. */
  readonly path: string;
  /** May be called again. */
  release(): void;
};

const SQLITE_BUSY = 5;

/**
 * Makes the directory when it is missing (mode 0700: it holds tokens) and takes it for this gateway alone.
 *
 * The lock is SQLite's own, on a file that stays empty: the kernel drops it with the process, kill -9 included, so no
 * stale lock is ever left to clean up.
 *
 * @throws DataDirError
 */
export function openDataDir(directory: string): DataDir {
  const path = resolve(directory);
  makeUsable(path);
  const lock = takeLock(path);
  const release = () => {
    if (lock.isOpen) lock.close();
  };
  return { path, release };
}

function makeUsable(path: string): void {
  try {
    makeDirectory(path);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(path, error);
  }
}

function takeLock(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(join(path, 'gateway.lock'), { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db?.close();
    throw isBusy(error) ? locked(path, error) : unusable(path, error);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
}

function locked(path: string, cause: unknown): DataDirError {
  const cure = 'Stop that one, or give this one a DATA_DIR of its own.';
  return new DataDirError('locked', `DATA_DIR ${path} is in use by another gateway. ${cure}`, cause);
}

function unusable(path: string, cause: unknown): DataDirError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const cure = 'Name a directory on a local disk that this user may create and write.';
  return new DataDirError('unusable', `DATA_DIR ${path} cannot be used: ${why}. ${cure}`, cause);
}
