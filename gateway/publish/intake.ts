import type { Degradation } from '../degradation.ts';
import type { DropReason } from '../ledger.ts';
import type { IntakeOptions, SpoolMode } from './intake-options.ts';
import type { Placed, QueuedMessage } from './queued-message.ts';
import { SpoolWriter } from './spool-writer.ts';
import { Spill } from './spill.ts';
import type { Spool } from './spool.ts';

/** At most an eighth of what memory may hold is on its way to the disk, and no more than this. */
const MAX_STAGED_BYTES = 4 * 1024 * 1024;
/** What is on the disk need not be in memory long before it is sent: it comes back while no more than this is there. */
const MAX_AHEAD_BYTES = 8 * 1024 * 1024;

/**
 * Where a newcomer goes, so that the order holds:
 *
 *     newcomer ─► stage ─► disk ─► memory ─► sent
 *
 * and straight into memory while nothing older waits on the way and there is room. A disk that cannot be written
 * counts as none until it can be again.
 */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #writer: SpoolWriter | undefined;
  readonly #spill: Spill | undefined;
  /** What an earlier run left was accepted before. */
  readonly #openedAt: number;
  #nextPosition: number;
  /** What is still on the disk after `close`. */
  #left = 0;

  constructor(options: IntakeOptions) {
    const { spool, mode, pending, ledger, clock, mark, onDrop } = options;
    this.#options = options;
    this.#openedAt = clock.date();
    this.#nextPosition = spool?.nextPosition ?? 1;
    ledger.recovered = spool?.recovered ?? 0;
    this.#writer =
      spool &&
      new SpoolWriter({
        spool,
        maxBytes: this.#stageBytes,
        maxInFlight: options.maxInFlight,
        writes: mode !== 'off',
        ledger,
        clock,
        mark,
        onDrop,
        onCommit: () => this.refill(),
        onError: options.onSpoolError,
      });
    if (spool && this.#writer) this.#spill = new Spill(spool, this.#writer, pending, ledger);
  }

  /** Accepted and waiting on the disk. */
  get spooled(): number {
    return this.#left + (this.#options.spool?.waiting ?? 0);
  }

  /** Accepted and waiting on its way to the disk. */
  get staged(): number {
    return this.#writer?.counted ?? 0;
  }

  get bytes(): number {
    return this.#writer?.bytes ?? 0;
  }

  /** When the oldest was accepted that is not in memory yet, milliseconds since 1970; undefined: there is none. */
  get oldestAcceptedAt(): number | undefined {
    if ((this.#options.spool?.waiting ?? 0) === 0) return this.#writer?.oldestAcceptedAt;
    return this.#options.spool?.oldestAcceptedAt ?? this.#openedAt;
  }

  /** Accepts one message and counts it, or refuses it; never waits. */
  offer(queued: QueuedMessage): boolean {
    const { pending, ledger, clock } = this.#options;
    const placed = { position: this.#nextPosition++, queued, acceptedAt: clock.date() };
    if (this.#mode === 'always') return this.#toDisk(placed, false);
    ledger.received++;
    if (this.#isBehindNothing && this.#fitsMemory(queued)) {
      pending.push(placed, false, clock.now());
      return true;
    }
    if (this.#mode === 'overflow') return this.#toDisk(placed, true);
    if (!this.#writer || !this.#fitsMemory(queued)) return this.#refuse('queue_full');
    this.#writer.stage(placed, true);
    return true;
  }

  /** A message that is on the disk as well is about to be sent. */
  sending(position: number): void {
    this.#writer?.sending(position);
  }

  /** A message that is on the disk as well has been settled. */
  settled(position: number): void {
    this.#writer?.settled(position);
  }

  /** Writes now what would be written soon anyway. */
  flush(): void {
    if (this.#writer?.isEmpty === false) this.#writer.commit();
  }

  /** Moves what fits into memory, oldest first. */
  refill(): void {
    const before = this.#options.pending.unsettled;
    this.#fromDisk();
    if (this.#mode !== 'always' && (this.#options.spool?.waiting ?? 0) === 0)
      this.#writer?.takeWhile(this.#fitsFromStage, (placed) => this.#admit(placed, false));
    if (this.#options.pending.unsettled > before) this.#options.onAdmitted();
  }

  degraded(): Degradation[] {
    const failure = this.#writer?.failure ?? null;
    if (failure === null) return [];
    const sentence = `messages beyond memory are lost until it can be written: ${failure}`;
    return [{ code: 'spool_failed', sentence }];
  }

  /** Writes some of what is in memory alone. @returns whether there may be more */
  spill(): boolean {
    return this.#mode !== 'off' && (this.#spill?.some() ?? false);
  }

  /**
   * Writes what is not settled to the disk, each message in its old place; without a disk it is lost.
   *
   * @returns how many were lost
   */
  close(): number {
    const { spool, pending } = this.#options;
    this.#writer?.commit();
    if (!spool || !this.#writer || !this.#spill) return pending.inMemoryAlone(Infinity, 'oldest').length;
    while (this.spill());
    const lost = this.#spill.rest(this.#mode !== 'off');
    this.#writer.stop();
    this.#left = spool.entries - this.#writer.unremoved.length;
    this.#closeSpool(spool, this.#writer.unremoved);
    return lost;
  }

  get #mode(): SpoolMode {
    return this.#writer && this.#writer.failure === null ? this.#options.mode : 'off';
  }

  get #isBehindNothing(): boolean {
    return (this.#writer?.isEmpty ?? true) && (this.#options.spool?.waiting ?? 0) === 0;
  }

  get #stageBytes(): number {
    return Math.min(MAX_STAGED_BYTES, this.#options.maxMemoryBytes / 8);
  }

  /** What newcomers may fill of memory; the rest is for what is on its way to the disk, or comes from there. */
  get #memoryBytes(): number {
    const { maxMemoryBytes, spool } = this.#options;
    const hasDisk = this.#mode !== 'off' || (spool?.waiting ?? 0) > 0;
    return hasDisk ? maxMemoryBytes - this.#stageBytes : maxMemoryBytes;
  }

  #fitsMemory(queued: QueuedMessage): boolean {
    return this.#options.pending.bytes + this.bytes + queued.bytes <= this.#memoryBytes;
  }

  #toDisk(placed: Placed, counted: boolean): boolean {
    const { spool, ledger, maxSpoolBytes } = this.#options;
    if ((spool?.bytes ?? 0) + this.bytes + placed.queued.bytes > maxSpoolBytes) {
      if (!counted) ledger.received++;
      return this.#refuse('spool_full');
    }
    this.#writer?.stage(placed, counted);
    return true;
  }

  #refuse(reason: DropReason): boolean {
    this.#options.onDrop(reason, 1);
    return false;
  }

  /** A disk that cannot be read is asked again at the next commit. */
  #fromDisk(): void {
    const { spool, pending } = this.#options;
    try {
      while (pending.bytes < MAX_AHEAD_BYTES) {
        const next = spool?.peek();
        if (!next || !this.#fitsPending(next)) break;
        spool?.take();
        this.#admit(next, true);
      }
    } catch (error) {
      this.#writer?.failed(error);
    }
  }

  /** One message is always let in, however large: it could never be sent otherwise. */
  #fitsPending({ queued }: Placed): boolean {
    const { pending, maxMemoryBytes } = this.#options;
    const staged = this.#mode === 'off' ? this.bytes : this.#stageBytes;
    return pending.unsettled === 0 || pending.bytes + staged + queued.bytes <= maxMemoryBytes;
  }

  /** Without a disk it takes no more room there than it did on the stage. */
  readonly #fitsFromStage = (placed: Placed): boolean => this.#mode === 'off' || this.#fitsPending(placed);

  #admit(placed: Placed, onDisk: boolean): void {
    const { pending, clock } = this.#options;
    pending.push(placed, onDisk, clock.now() - Math.max(0, clock.date() - placed.acceptedAt));
  }

  #closeSpool(spool: Spool, unremoved: readonly number[]): void {
    try {
      spool.close(this.#options.mark(), unremoved);
    } catch (error) {
      this.#options.onSpoolError(error);
    }
  }
}
