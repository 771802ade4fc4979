import { join } from 'node:path';
import type { BusState } from '../bus/bus.ts';
import { GroupCommit, type Committed } from '../store/group-commit.ts';
import { openLog, type Log, type OpenLog } from '../store/log.ts';
import { DeadLetterForwarder, type ForwarderEvents, type ForwarderOptions } from './dead-letter-forwarder.ts';
import { toDeadLetter } from './dead-letter.ts';
import type { Rejection } from './queue-options.ts';

/** The local store refuses newcomers beyond this; whoever can fix the cause has been told long before. */
const MAX_BYTES = 256 * 1024 * 1024;

export type DeadLetterEvents = ForwarderEvents & {
  kept(rejection: Rejection): void;
  notKept(error: unknown): void;
};

export type DeadLettersOptions = Pick<ForwarderOptions, 'subject' | 'send' | 'clock' | 'random'> & {
  readonly dataDir: string;
  readonly events: DeadLetterEvents;
};

export type DeadLetters = {
  /** Writes it with the next commit, within 10 ms; `settled` is told once whether it was kept. Never throws. */
  keep(rejection: Rejection, settled: (kept: boolean) => void): void;
  busState(state: BusState): void;
  /** Writes now what has not been written yet. */
  flush(): void;
  /** What has not been forwarded by now is forwarded after the next start. */
  close(): void;
};

/** The local store of dead letters; in a DATA_DIR that no gateway has used there is none. */
export function deadLettersPath(dataDir: string): string {
  return join(dataDir, 'dead-letters.sqlite');
}

/**
 * What the bus refused for good: written to the local store first, so that it survives whatever comes, and moved from
 * there to the bus. An id that is there already counts as kept.
 *
 * @throws StoreError when the file cannot be used
 */
export function openDeadLetters(options: DeadLettersOptions, open: OpenLog = openLog): DeadLetters {
  const limits = { maxBytes: MAX_BYTES, discard: 'new', synchronous: 'FULL' } as const;
  return deadLettersIn(open(deadLettersPath(options.dataDir), limits), options);
}

/** Dead letters in a log, which it closes. */
export function deadLettersIn(log: Log, options: Omit<DeadLettersOptions, 'dataDir'>): DeadLetters {
  const { subject, send, clock, random, events } = options;
  const commits = new GroupCommit(log, clock);
  const forwarder = new DeadLetterForwarder({ log, subject, send, clock, random, events });
  return {
    keep(rejection, settled) {
      const letter = toDeadLetter(rejection, subject, clock.date());
      commits.append({ ...letter, time: clock.date(), attributes: {} }, (committed) => {
        const isKept = committed.kind === 'stored';
        if (isKept) events.kept(rejection);
        else events.notKept(whyNotKept(committed, log.maxBytes));
        settled(isKept);
        if (isKept) forwarder.wake();
      });
    },
    busState: (state) => forwarder.busState(state),
    flush: () => commits.flush(),
    close() {
      forwarder.close();
      commits.flush();
      log.close();
    },
  };
}

function whyNotKept(committed: Committed, maxBytes: number): unknown {
  if (committed.kind === 'failed') return committed.error;
  return new Error(`the local store of dead letters is full (${maxBytes} bytes): redrive what it holds`);
}
