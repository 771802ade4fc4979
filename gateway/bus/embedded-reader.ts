import { existsSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import { openLogReader, type LogEntry, type LogReader } from '../store/log-reader.ts';
import { embeddedBusPath } from './embedded-bus.ts';

/** How often a reader that has seen everything looks again. */
const POLL_MS = 100;
const PAGE_ENTRIES = 256;

/** A message as it was published: the body's bytes are exactly the published ones. */
export type StoredMessage = Pick<LogEntry, 'sequence' | 'subject' | 'headers' | 'body'>;

export type ReadOptions = {
  readonly dataDir: string;
  readonly subject: string;
  /** `now`: what is stored after this call. */
  readonly from: 'start' | 'now';
  /** false: ends with what was stored at the time of this call. */
  readonly follow: boolean;
  readonly clock: Clock;
  /** Ends the reading. */
  readonly signal: AbortSignal;
};

/** Whether there is anything to read; a follower waits for it. */
export function hasEmbeddedStore(dataDir: string): boolean {
  return existsSync(embeddedBusPath(dataDir));
}

/**
 * Reads the embedded bus back in stored order, through a connection of its own: beside the running gateway, or after
 * it was killed. The place to begin is fixed before this returns.
 *
 * @throws StoreError at once or while reading
 */
export function readStored(options: ReadOptions): AsyncGenerator<StoredMessage, void> {
  const reader = openIfThere(options.dataDir);
  const last = reader?.lastSequence() ?? 0;
  const start = options.from === 'start' ? 0 : last;
  return readOn(reader, start, options.follow ? Infinity : last, options);
}

function openIfThere(dataDir: string): LogReader | undefined {
  return hasEmbeddedStore(dataDir) ? openLogReader(embeddedBusPath(dataDir)) : undefined;
}

async function* readOn(
  opened: LogReader | undefined,
  start: number,
  until: number,
  { dataDir, subject, clock, signal }: ReadOptions,
): AsyncGenerator<StoredMessage, void> {
  let reader = opened;
  let after = start;
  try {
    while (after < until && !signal.aborted) {
      reader ??= openIfThere(dataDir);
      const page = reader?.read({ after, limit: PAGE_ENTRIES, subject }) ?? [];
      yield* page.filter(({ sequence }) => sequence <= until);
      if (page.length === 0 && until < Infinity) return;
      after = page.at(-1)?.sequence ?? after;
      // Even with more to read, the event loop gets its turn: a Ctrl-C is heard between two pages.
      await pause(clock, page.length === 0 ? POLL_MS : 0, signal);
    }
  } finally {
    reader?.close();
  }
}

/** Resolves after `ms`, or as soon as the signal aborts. */
function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, done);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
