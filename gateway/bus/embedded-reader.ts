import { existsSync } from 'node:fs';
import { openLogReader, type LogReader } from '../store/log-reader.ts';
import { embeddedBusPath } from './embedded-bus.ts';
import { pause } from '../pause.ts';
import type { ReadOptions, StoredMessage } from './stored-message.ts';

/** How often a reader that has seen everything looks again. */
const POLL_MS = 100;
const PAGE_ENTRIES = 256;

export type EmbeddedReadOptions = ReadOptions & { readonly dataDir: string };

/** Whether there is anything to read; a follower waits for it. */
export function hasEmbeddedStore(dataDir: string): boolean {
  return existsSync(embeddedBusPath(dataDir));
}

/**
 * Reads the embedded bus back in stored order, through its own connection: beside the running gateway, or after it was
 * killed. Where to begin is fixed before this returns.
 *
 * @throws StoreError at once or while reading
 */
export function readStored(options: EmbeddedReadOptions): AsyncGenerator<StoredMessage, void> {
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
  { dataDir, subject, clock, signal }: EmbeddedReadOptions,
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
      // Even with more to read, the event loop gets its turn, so that Ctrl-C is heard between two pages.
      await pause(clock, page.length === 0 ? POLL_MS : 0, signal);
    }
  } finally {
    reader?.close();
  }
}
