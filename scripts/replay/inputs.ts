import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BadUse } from '../bad-use.ts';
import { errorText } from '../../shared/error-text.ts';

/** What is replayed: one file, or standard input. */
export type Input = {
  /** undefined: standard input. */
  readonly path: string | undefined;
  /** Its size on the disk; undefined: not known before its end. */
  readonly bytes: number | undefined;
};

/** Which one this is of the tasks that share the work. */
export type Task = { readonly index: number; readonly count: number };

export const nameOf = ({ path }: Input): string => path ?? 'standard input';

/**
 * The inputs of one task: the n-th of all inputs is task n mod count's. A directory stands for the files in it, by name,
 * which for recordings is by time; hidden files and directories in it are not read.
 *
 * @throws BadUse if any input cannot be read, whichever task's it is, before anything is replayed
 */
export async function inputsOf(args: readonly string[], task: Task): Promise<Input[]> {
  const inputs = args.length === 1 && args[0] === '-' ? [STANDARD_INPUT] : await files(args);
  return inputs.filter((_, position) => position % task.count === task.index);
}

const STANDARD_INPUT: Input = { path: undefined, bytes: undefined };

async function files(paths: readonly string[]): Promise<Input[]> {
  const found = await Promise.all(paths.map(async (path) => filesAt(path).catch(refuse(path))));
  return found.flat();
}

async function filesAt(path: string): Promise<Input[]> {
  if (!(await stat(path)).isDirectory()) return [await fileAt(path)];
  const entries = await readdir(path, { withFileTypes: true });
  const shown = entries.filter((entry) => !entry.name.startsWith('.') && !entry.isDirectory());
  if (shown.length === 0) throw new Error('there is no file in this directory');
  const paths = shown.map(({ name }) => join(path, name));
  return Promise.all(paths.sort().map(fileAt));
}

async function fileAt(path: string): Promise<Input> {
  await access(path, constants.R_OK);
  const status = await stat(path);
  return { path, bytes: status.isFile() ? status.size : undefined };
}

function refuse(path: string): (error: unknown) => never {
  return (error) => {
    throw new BadUse(`${path}: ${errorText(error)}`);
  };
}
