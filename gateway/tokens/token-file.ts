import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, renameSync, rmSync, statSync, type Stats } from 'node:fs';
import { open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Clock } from '../clock.ts';
import { makeDirectory } from '../make-directory.ts';
import { TokenStoreError, type TokenStore } from './token-store.ts';
import { watchSettled } from '../settled-watch.ts';
import { storeOn, type Content, type TokenMedium } from './token-medium.ts';
import { readToken, type Token, type TokenReading } from './token.ts';

/** Anything larger is something else, and somebody's: it is not replaced. */
const MAX_BYTES = 64 * 1024;
/** A temporary file this old was left behind: its write will not rename it any more. */
const ABANDONED_MS = 60_000;

/**
 * A token in a JSON file that only this user may read: wider rights on an existing file are removed where possible. A
 * missing directory is made, for this user alone.
 *
 * A write is all or nothing: a file beside it is written, synced and renamed. Whether the version to be replaced is still
 * there is checked in the same turn as the rename. Another *process* that renames in the microseconds between is
 * overwritten: no system call renames only over a certain file.
 */
export function openTokenFile(file: string, clock: Clock): TokenStore {
  const path = resolve(file);
  const stops = new Set<() => void>();
  const medium: TokenMedium = {
    place: path,
    read: () => classified(path, () => readContent(path)),
    write: (token, over) => classified(path, () => writeOver(path, token, over, clock)),
    watch(onSight) {
      const stop = watchSettled(() => sight(path), Object.is, clock, onSight);
      stops.add(stop);
      return stop;
    },
    async close() {
      for (const stop of stops) stop();
    },
  };
  return storeOn(medium);
}

async function readContent(path: string): Promise<Content | undefined> {
  const file = await openOrMissing(path);
  if (!file) return undefined;
  try {
    await keepPrivate(file);
    const bytes = await file.readFile();
    return { version: versionOf(bytes), reading: readText(bytes) };
  } finally {
    await file.close();
  }
}

/** @throws TokenStoreError for what is not a token, and not to be replaced by one */
function refuseOthers(path: string, found: Stats): void {
  const isFile = found.isFile();
  if (isFile && found.size <= MAX_BYTES) return;
  const problem = isFile ? `is larger than ${MAX_BYTES} bytes` : 'is not a file';
  throw new TokenStoreError(
    'denied',
    `${path} ${problem}, so it cannot be a token of ours. Name another file in TOKEN_FILE.`,
  );
}

/** Looks before it opens: opening a pipe would wait for its writer. */
async function openOrMissing(path: string): Promise<FileHandle | undefined> {
  try {
    refuseOthers(path, await stat(path));
    return await open(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A file that is somebody else's, or on a read-only disk, stays as it is: it can still be read. */
async function keepPrivate(file: FileHandle): Promise<void> {
  const { mode } = await file.stat();
  if ((mode & 0o077) !== 0) await file.chmod(0o600).catch(() => undefined);
}

function readText(bytes: Uint8Array): TokenReading {
  try {
    return readToken(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    // What JSON.parse says quotes the text.
    return { ok: false, problem: 'it is not JSON' };
  }
}

async function writeOver(
  path: string,
  token: Token,
  over: string | undefined,
  clock: Clock,
): Promise<string | undefined> {
  makeDirectory(dirname(path));
  const target = existsSync(path) ? realpathSync(path) : path;
  await removeAbandoned(target, clock);
  const bytes = serialised(token, clock.date());
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await writeThrough(temporary, bytes);
    if (versionAt(target) !== over) return undefined;
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
  await syncDirectory(dirname(target));
  return versionOf(bytes);
}

function serialised(token: Token, date: number): Buffer {
  const document = { ...token, updatedAt: new Date(date).toISOString() };
  return Buffer.from(`${JSON.stringify(document, undefined, 2)}\n`);
}

async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Some file systems cannot sync a directory; the rename takes effect without it. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  await directory.sync().catch(() => undefined);
  await directory.close();
}

/** A process that died between write and rename left a file behind, with a token in it. */
async function removeAbandoned(path: string, clock: Clock): Promise<void> {
  const directory = dirname(path);
  for (const name of await readdir(directory)) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith('.tmp')) continue;
    const left = join(directory, name);
    const found = await stat(left).catch(() => undefined);
    if (found && clock.date() - found.mtimeMs > ABANDONED_MS) await rm(left, { force: true });
  }
}

function versionAt(path: string): string | undefined {
  try {
    refuseOthers(path, statSync(path));
    return versionOf(readFileSync(path));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function versionOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What a look at the file shows: the version or, so that its absence is noticed, too, why there is none. */
async function sight(path: string): Promise<string | undefined> {
  try {
    return (await readContent(path))?.version;
  } catch (error) {
    return `unreadable: ${codeOf(error)}`;
  }
}

async function classified<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TokenStoreError ? error : failure(path, codeOf(error));
  }
}

const DENIED: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);

function failure(path: string, code: string): TokenStoreError {
  if (!DENIED.has(code))
    return new TokenStoreError('unreachable', `${path} cannot be read or written (${code}).`);
  const cure =
    'Name a file in TOKEN_FILE that this user may read and write, in a directory that this user may write.';
  return new TokenStoreError('denied', `${path} cannot be read or written (${code}). ${cure}`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
