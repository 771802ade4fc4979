import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A recording on the disk; `startedAt` in milliseconds since 1970. */
export type RecordingFile = { readonly path: string; readonly startedAt: number; readonly bytes: number };

/** Names sort as their times do. No colon: some file systems refuse one. */
const NAME = /^(\d{4}-\d\d-\d\dT\d\d)(\d\d)(\d\d\.\d{3}Z)\.jsonl$/;

/** E.g. `2026-11-23T101530.123Z.jsonl`. @param startedAt milliseconds since 1970 */
export function recordingPath(directory: string, startedAt: number): string {
  return join(directory, `${new Date(startedAt).toISOString().replaceAll(':', '')}.jsonl`);
}

/** The recordings in a directory, oldest first; files with other names are not ours. */
export async function listRecordings(directory: string): Promise<RecordingFile[]> {
  const names = (await readdir(directory)).filter((name) => NAME.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      const startedAt = Date.parse(name.replace(NAME, '$1:$2:$3'));
      return { path, startedAt, bytes: await sizeOf(path) };
    }),
  );
}

/** Removes the oldest of `files` until `more` bytes fit into `maxBytes` beside what is left. */
export async function makeRoom(
  files: readonly RecordingFile[],
  more: number,
  maxBytes: number,
): Promise<void> {
  let bytes = more + files.reduce((sum, file) => sum + file.bytes, 0);
  for (const file of files) {
    if (bytes <= maxBytes) return;
    await rm(file.path, { force: true });
    bytes -= file.bytes;
  }
}

/** The same as `makeDirectory` of `../make-directory.ts`, without waiting for a slow disk. */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
    await mkdir(path, { mode: 0o700 });
  }
}

/** In bytes; 0 when it is not there. */
export async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
