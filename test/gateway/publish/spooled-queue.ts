import { join } from 'node:path';
import type { SpoolMode } from '../../../gateway/publish/intake-options.ts';
import { openSpool } from '../../../gateway/publish/spool.ts';
import { openLog, type Log, type OpenLog } from '../../../gateway/store/log.ts';
import { startQueue, type HarnessOptions } from './queue-harness.ts';
import { stored } from './queue-harness.ts';

/** A queue over a spool in a directory: started again over the same one, it is the next run. */
export function startSpooledQueue(directory: string, spoolMode: SpoolMode, options: HarnessOptions = {}) {
  const { maxSpoolBytes = 1_000_000 } = options.limits ?? {};
  let log: Log | undefined;
  const open: OpenLog = (...where) => (log = openLog(...where));
  const spool = openSpool(join(directory, 'spool.sqlite'), maxSpoolBytes, open);
  const harness = startQueue({ ...options, spoolMode, spool });
  const stream = new Map<string, number>();

  /** Answers everything that is sent, in order, until nothing is sent any more; returns the ids in stored order. */
  const settleAll = (): string[] => {
    const ids: string[] = [];
    for (
      let batch = harness.takeSent();
      batch.length > 0 || harness.queue.queued > 0;
      batch = harness.takeSent()
    ) {
      for (const id of batch) {
        const known = stream.get(id);
        if (known === undefined) stream.set(id, stream.size + 1);
        harness.answer(id, stored(known ?? stream.size, known !== undefined));
        if (known === undefined) ids.push(id);
      }
      harness.clock.advance(10);
    }
    return ids;
  };
  /** As a process that is killed: from now on it writes nothing, not even how far it has come. */
  const kill = (): void => log?.close();

  return { ...harness, spool, settleAll, kill };
}

export const numbered = (from: number, to: number, channel = 'a'): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${channel}-${from + i}`);
