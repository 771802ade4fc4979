import { spawn } from 'node:child_process';
import { pasted } from './shell.ts';
import type { Step } from './steps.ts';

/** How commands are run: the tests have their own `gcloud`. */
export type Runner = {
  /** Returns the exit code; undefined: there is no such program. A quiet one shows nothing. */
  readonly run: (words: readonly string[], quiet: boolean) => Promise<number | undefined>;
  readonly say: (line: string) => void;
};

/** Runs each step unless it is already done, and stops at the first that fails. Returns whether all succeeded. */
export async function runSteps(steps: readonly Step[], { run, say }: Runner): Promise<boolean> {
  for (const [index, { title, unless, command }] of steps.entries()) {
    const progress = `[${index + 1}/${steps.length}] ${title}`;
    if (unless && (await run(unless, true)) === 0) {
      say(`${progress}: there already`);
      continue;
    }
    say(progress);
    const code = await run(command, false);
    if (code === 0) continue;
    say(
      code === undefined
        ? `${command[0]} is not installed: https://cloud.google.com/sdk/docs/install`
        : failed(command, code),
    );
    return false;
  }
  return true;
}

function failed(command: readonly string[], code: number): string {
  return `Exit code ${code}; nothing after it was run. Once the cause is fixed, run this again from the start:\n  ${pasted(command)}`;
}

/** Without a shell: no character in a word is special. */
export function runProgram(words: readonly string[], quiet: boolean): Promise<number | undefined> {
  const [program = '', ...args] = words;
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const child = spawn(program, args, { stdio: quiet ? 'ignore' : ['ignore', 'inherit', 'inherit'] });
  child.on('error', (error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? resolve(undefined) : reject(error),
  );
  child.on('close', (code) => resolve(code ?? 1));
  return promise;
}
