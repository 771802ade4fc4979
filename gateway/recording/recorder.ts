import { appendFile } from 'node:fs/promises';
import { formatRecordedLine } from '../../shared/recorded-line.ts';
import type { Clock } from '../clock.ts';
import { listRecordings, makeDirectory, makeRoom, recordingPath, sizeOf } from './recording-files.ts';

/**
 * Keeps one line that a connection received; never waits and never throws.
 *
 * @param receivedAt milliseconds since 1970
 * @param connection which one of this process: 1, 2, 3…
 */
export type RecordLine = (
  line: string,
  replacedBytes: boolean,
  receivedAt: number,
  connection: number,
) => void;

export type RecorderEvents = {
  /** It cannot be written; told once until it can be again. */
  failed(error: unknown): void;
  /** This many lines are missing; told when it can be written again, and at the end. */
  lost(lines: number): void;
};

export type RecorderOptions = {
  readonly directory: string;
  /** Of all recordings in the directory; the oldest are removed beyond this. */
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly events: RecorderEvents;
};

/** What a crash may cost, and how often a failing disk is retried. */
const FLUSH_MS = 1000;
/** This much is worth an early write. */
const FLUSH_BYTES = 256 * 1024;
/** What may wait for a slow or full disk; beyond it lines are lost, and counted. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const HOUR_MS = 60 * 60 * 1000;

type Phase =
  | { readonly name: 'idle' | 'stopped' }
  /** `resting`: after a failure. */
  | { readonly name: 'waiting' | 'resting'; cancel(): void }
  | { readonly name: 'writing'; readonly written: Promise<void> };

/**
 * Keeps every line received in files of its own, a new one each hour or when one is large enough. Chat comes first: a
 * disk that is slow, full or gone costs recorded lines and nothing else.
 *
 * A file is opened again for each write, so that one removed or remounted meanwhile is noticed.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #maxFileBytes: number;
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #lost = 0;
  #phase: Phase = { name: 'idle' };
  #file: { readonly path: string; readonly hour: number } | undefined;
  /** The last write failed, and may have left a line without its end. */
  #isFailing = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#maxFileBytes = Math.min(MAX_FILE_BYTES, Math.floor(options.maxBytes / 4));
  }

  readonly record: RecordLine = (line, replacedBytes, receivedAt, connection) => {
    const bytes = Buffer.from(`${formatRecordedLine({ receivedAt, connection, line, replacedBytes })}\n`);
    const fits = this.#waitingBytes + bytes.length <= MAX_WAITING_BYTES;
    if (!fits || bytes.length > this.#options.maxBytes || this.#phase.name === 'stopped') {
      this.#lost++;
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#phase.name === 'idle') this.#writeLater('waiting');
    else if (this.#phase.name === 'waiting' && this.#waitingBytes >= FLUSH_BYTES) void this.#write();
  };

  /** Writes what is waiting, as far as `deadlineMs` allows; records nothing more. */
  async stop(deadlineMs: number): Promise<void> {
    const { clock, events } = this.#options;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(deadlineMs, resolve);
    if (this.#phase.name === 'writing') await Promise.race([this.#phase.written, late]);
    if (this.#waiting.length > 0 && this.#phase.name !== 'writing') await Promise.race([this.#write(), late]);
    cancel();
    if ('cancel' in this.#phase) this.#phase.cancel();
    this.#phase = { name: 'stopped' };
    const lost = this.#lost + this.#waiting.length;
    if (lost > 0) events.lost(lost);
  }

  #writeLater(name: 'waiting' | 'resting'): void {
    const cancel = this.#options.clock.after(FLUSH_MS, () => void this.#write());
    this.#phase = { name, cancel };
  }

  #write(): Promise<void> {
    if ('cancel' in this.#phase) this.#phase.cancel();
    const written = this.#writeAll();
    this.#phase = { name: 'writing', written };
    return written;
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) await this.#writeSome();
      this.#works();
    } catch (error) {
      this.#fails(error);
    }
  }

  #works(): void {
    if (this.#phase.name === 'stopped') return;
    this.#phase = { name: 'idle' };
    if (this.#lost > 0) this.#options.events.lost(this.#lost);
    this.#lost = 0;
  }

  #fails(error: unknown): void {
    if (!this.#isFailing) this.#options.events.failed(error);
    this.#isFailing = true;
    if (this.#phase.name === 'writing') this.#writeLater('resting');
  }

  /** As many lines as the file has room for. They wait until they are written: a failure may write some of them twice. */
  async #writeSome(): Promise<void> {
    const { path, bytes } = await this.#fileFor(this.#waiting[0]?.length ?? 0);
    const count = countThatFit(this.#waiting, this.#maxFileBytes - bytes);
    const lines = Buffer.concat(this.#waiting.slice(0, count));
    const torn = this.#isFailing && bytes > 0 ? '\n' : '';
    await appendFile(path, Buffer.concat([Buffer.from(torn), lines]), { mode: 0o600 });
    this.#isFailing = false;
    this.#waiting.splice(0, count);
    this.#waitingBytes -= lines.length;
  }

  /** The current file, or a new one when its hour is over or it lacks room for this many more bytes. */
  async #fileFor(more: number): Promise<{ path: string; bytes: number }> {
    const { clock, directory } = this.#options;
    const hour = Math.floor(clock.date() / HOUR_MS);
    if (this.#file?.hour === hour) {
      const { path } = this.#file;
      const bytes = await sizeOf(path);
      if (bytes === 0) await makeDirectory(directory);
      if (bytes === 0 || bytes + more <= this.#maxFileBytes) return { path, bytes };
    }
    const path = await this.#nextPath(Math.max(this.#maxFileBytes, more));
    this.#file = { path, hour };
    return { path, bytes: 0 };
  }

  /** Room for a whole file is made beforehand. A clock that was set back does not put the files out of order. */
  async #nextPath(bytes: number): Promise<string> {
    const { directory, maxBytes, clock } = this.#options;
    await makeDirectory(directory);
    const files = await listRecordings(directory);
    await makeRoom(files, bytes, maxBytes);
    const newest = files.at(-1)?.startedAt ?? -Infinity;
    return recordingPath(directory, Math.max(clock.date(), newest + 1));
  }
}

/** How many from the front fit into this many bytes: at least one. */
function countThatFit(lines: readonly Buffer[], bytes: number): number {
  let left = bytes;
  const overflowing = lines.findIndex((line) => (left -= line.length) < 0);
  return overflowing < 0 ? lines.length : Math.max(1, overflowing);
}
