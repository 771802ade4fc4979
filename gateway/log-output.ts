import type { Writable } from 'node:stream';
import type { Clock } from './clock.ts';

/** What may wait for a reader that has stopped reading: minutes of trouble, and little memory. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/**
 * Writes without ever waiting. A reader that is gone (EPIPE) ends the log, not the process; one that stalls costs
 * lines, not time, and `onGap` says how many before the next one is written.
 */
export function lineWriter(out: Writable, onGap: (lines: number) => void): (line: string) => void {
  let missing = 0;
  out.on('error', () => {});
  return (line) => {
    if (out.writableLength + line.length > MAX_WAITING_BYTES) {
      missing++;
      return;
    }
    if (missing > 0) {
      const lines = missing;
      missing = 0;
      onGap(lines);
    }
    out.write(line);
  };
}

/** Resolves when everything is written, the reader is gone, or `deadlineMs` passed. */
export async function flushed(out: Writable, clock: Clock, deadlineMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.after(deadlineMs, resolve);
    out.write('', () => {
      cancel();
      resolve();
    });
  });
}
