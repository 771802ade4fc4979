import type { Clock } from '../clock.ts';
import type { DropReason, Ledger } from '../ledger.ts';
import type { Placed, SentMark } from './queued-message.ts';
import type { Spool } from './spool.ts';
import { errorText } from '../../shared/error-text.ts';

/** At most one commit in this many milliseconds: what comes meanwhile shares it. */
const COMMIT_INTERVAL_MS = 10;
/** The note runs this many windows ahead of what was sent: sending costs hardly a commit of its own, and a kill only a short look. */
const WINDOWS_AHEAD = 4;
/** A disk that failed is tried again after this long. */
const RETRY_MS = 1000;

export type SpoolWriterOptions = {
  readonly spool: Spool;
  /** What may wait for the next commit; more is written at once. */
  readonly maxBytes: number;
  readonly maxInFlight: number;
  /** false: nothing new is written; what an earlier run left is removed as it is settled. */
  readonly writes: boolean;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** What to note about the messages that stay on the disk. */
  readonly mark: () => SentMark;
  readonly onDrop: (reason: DropReason, count: number) => void;
  /** After each attempt to commit, whether it succeeded or not. */
  readonly onCommit: () => void;
  /** Told once each time the disk stops working. */
  readonly onError: (error: unknown) => void;
};

/** `counted`: it is already in the ledger as received. */
type Staged = Placed & { counted: boolean };

/**
 * The stage before the disk: within 10 ms, newcomers are written and settled messages removed in one commit.
 * While the disk cannot be written, what is staged stays here.
 */
export class SpoolWriter {
  readonly #options: SpoolWriterOptions;
  #stage: Staged[] = [];
  #bytes = 0;
  #counted = 0;
  /** Settled, and still on the disk. */
  #done: number[] = [];
  #cancelCommit: (() => void) | undefined;
  #failure: string | null = null;
  /** Whatever is sent up to this position is looked for by the next run, should this one be killed. */
  #notedUpTo: number;

  constructor(options: SpoolWriterOptions) {
    this.#options = options;
    this.#notedUpTo = options.spool.recoveredMark.sentUpTo;
  }

  /** Staged messages that are already in the ledger. */
  get counted(): number {
    return this.#counted;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Of those that are in the ledger already. */
  get oldestAcceptedAt(): number | undefined {
    return this.#stage.find(({ counted }) => counted)?.acceptedAt;
  }

  get isEmpty(): boolean {
    return this.#stage.length === 0;
  }

  /** Why the disk cannot be written; null: it can. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Messages on the disk that are settled but could not be removed yet. */
  get unremoved(): readonly number[] {
    return this.#done;
  }

  /** @param counted false: it will count as received once it is written */
  stage(placed: Placed, counted: boolean): void {
    const { bytes } = placed.queued;
    const isFull = this.#bytes + bytes > this.#options.maxBytes;
    if (isFull && this.#failure === null && !this.isEmpty) this.commit();
    this.#stage.push({ ...placed, counted });
    this.#bytes += bytes;
    if (counted) this.#counted++;
    if (this.#failure !== null) this.#countAll();
    this.#schedule();
  }

  /**
   * To be told before a message is sent that is on the disk. One that cannot be written keeps nothing from being sent:
   * should this run be killed meanwhile, and the bus have forgotten by the next one, that is sent again.
   */
  sending(position: number): void {
    if (position <= this.#notedUpTo || this.#failure !== null) return;
    try {
      this.#settle({ ...this.#options.mark(), sentUpTo: position });
    } catch (error) {
      this.failed(error);
    }
  }

  settled(position: number): void {
    this.#done.push(position);
    this.#schedule();
  }

  /** Takes staged messages from the front, as long as each fits, without writing them. */
  takeWhile(fits: (placed: Placed) => boolean, take: (placed: Placed) => void): void {
    let taken = 0;
    for (const staged of this.#stage) {
      if (!fits(staged)) break;
      take(staged);
      taken++;
    }
    for (const { queued, counted } of this.#stage.splice(0, taken)) {
      this.#bytes -= queued.bytes;
      if (counted) this.#counted--;
    }
  }

  /** Never throws: a failure is kept and told. */
  commit(): void {
    const { spool, writes, mark } = this.#options;
    this.#cancelCommit?.();
    this.#cancelCommit = undefined;
    try {
      this.#settle(mark());
      if (writes && this.#stage.length > 0) this.#write(spool);
      this.#failure = null;
    } catch (error) {
      this.failed(error);
    }
    this.#options.onCommit();
  }

  /** For now there is no disk. */
  failed(error: unknown): void {
    if (this.#failure === null) this.#options.onError(error);
    this.#failure = errorText(error);
    this.#countAll();
    this.#schedule();
  }

  stop(): void {
    this.#cancelCommit?.();
    this.#cancelCommit = undefined;
  }

  /** What is settled goes with each note: it may stand before where the rest would be found. */
  #settle(mark: SentMark): void {
    const { spool, maxInFlight } = this.#options;
    const sentUpTo = mark.sentUpTo + WINDOWS_AHEAD * maxInFlight;
    spool.settle(this.#done, { ...mark, sentUpTo });
    this.#done = [];
    this.#notedUpTo = sentUpTo;
  }

  /** Without a disk, what is staged will be sent from here, so it counts as received. */
  #countAll(): void {
    this.#options.ledger.received += this.#stage.length - this.#counted;
    this.#counted = this.#stage.length;
    for (const staged of this.#stage) staged.counted = true;
  }

  #write(spool: Spool): void {
    const { ledger, onDrop } = this.#options;
    const written = this.#stage;
    const answers = spool.append(written);
    this.#stage = [];
    this.#bytes = this.#counted = 0;
    ledger.received += written.filter(({ counted }) => !counted).length;
    ledger.duplicates.gateway += answers.filter((answer) => answer === 'duplicate').length;
    const full = answers.filter((answer) => answer === 'full').length;
    if (full > 0) onDrop('spool_full', full);
  }

  #schedule(): void {
    const ms = this.#failure === null ? COMMIT_INTERVAL_MS : RETRY_MS;
    this.#cancelCommit ??= this.#options.clock.after(ms, () => {
      this.#cancelCommit = undefined;
      this.commit();
    });
  }
}
