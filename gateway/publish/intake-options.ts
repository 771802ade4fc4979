import type { Clock } from '../clock.ts';
import type { DropReason, Ledger } from '../ledger.ts';
import type { Pending } from './pending.ts';
import type { SentMark } from './queued-message.ts';
import type { Spool } from './spool.ts';

/** `overflow`: only what memory cannot hold is written to the disk; `always`: everything, before it counts as received. */
export type SpoolMode = 'off' | 'overflow' | 'always';

export type IntakeOptions = {
  readonly mode: SpoolMode;
  /** undefined: there is none, and an earlier run left none. */
  readonly spool: Spool | undefined;
  readonly pending: Pending;
  readonly maxMemoryBytes: number;
  readonly maxSpoolBytes: number;
  /** How many messages may be sent and not settled. */
  readonly maxInFlight: number;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly mark: () => SentMark;
  readonly onDrop: (reason: DropReason, count: number) => void;
  /** There may be more to send than before. */
  readonly onAdmitted: () => void;
  readonly onSpoolError: (error: unknown) => void;
};
