import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory for this user alone, and those above it, where they are missing.
 *
 * Not `mkdirSync` with `recursive`: where a parent is there but takes no directory (`/proc/x`) the kernel says ENOENT,
 * and Node 24 then tries for ever.
 *
 * @throws what `mkdirSync` throws
 */
export function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process that started at the same moment may have made it meanwhile.
    if (!existsSync(path)) throw error;
  }
}
