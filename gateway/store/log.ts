import type { DatabaseSync } from 'node:sqlite';
import { messageSize } from '../../shared/message-size.ts';
import { openDatabase, StoreError, toStoreError } from './database.ts';
import { giveBackUnused, limitWriteAheadLog } from './file-size.ts';
import { LogReader, type LogEntry, type LogQuery, type LogRecord } from './log-reader.ts';
import { prepareStatements, type Statements } from './log-statements.ts';

export type { LogEntry, LogQuery, LogRecord } from './log-reader.ts';

export type LogLimits = {
  /** Bodies and headers together; the file takes up to twice as much. */
  readonly maxBytes: number;
  /** At the limit: with `old`, the oldest entries make room; with `new`, the newcomer is refused. */
  readonly discard: 'old' | 'new';
};

/** What became of one record. `full`: it does not fit (with `old`: it is larger than the whole log may be). */
export type Appended =
  /** `duplicate`: the id was there already, and `sequence` is the first one's. */
  | { readonly kind: 'stored'; readonly sequence: number; readonly duplicate: boolean }
  | { readonly kind: 'full' };

/** The record's place in the log; undefined: behind all others. */
export type Positioned = { readonly sequence?: number };

export type LogSize = { readonly entries: number; readonly bytes: number };

/**
 * One ordered, durable log in one SQLite file: append, read, settle.
 *
 * Several processes may use one file: each change is a transaction that includes the totals. A method that fails changes
 * nothing and throws a StoreError; the next call may succeed.
 */
export class Log {
  readonly maxBytes: number;
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #discard: LogLimits['discard'];
  readonly #reader: LogReader;
  readonly #statements: Statements;
  #size: LogSize;

  /** @param db what `openDatabase(path)` returned; the log closes it */
  constructor(path: string, db: DatabaseSync, limits: LogLimits) {
    this.#path = path;
    this.#db = db;
    this.maxBytes = limits.maxBytes;
    this.#discard = limits.discard;
    this.#reader = new LogReader(path, db);
    this.#statements = prepareStatements(db);
    this.#size = this.#readSize();
    limitWriteAheadLog(db, limits.maxBytes);
    if (limits.discard === 'old') this.#shrink();
  }

  /** As of this process's last change; read without touching the disk. */
  get size(): LogSize {
    return this.#size;
  }

  /** Appends all records in one transaction, in order; the answers are in the same order. */
  append(records: readonly (LogRecord & Positioned)[]): Appended[] {
    return this.#transaction((size) => {
      const appended = records.map((record) => this.#appendOne(record, size));
      if (this.#discard === 'old') this.#removeOldest(size);
      return appended;
    });
  }

  /** The newest entry's sequence; 0: the log is empty. */
  lastSequence(): number {
    return this.#reader.lastSequence();
  }

  /** Entries in stored order. */
  read(query: LogQuery): LogEntry[] {
    return this.#reader.read(query);
  }

  /**
   * Removes entries that are done with, in one transaction; a sequence that is gone already is no error.
   *
   * @param note replaces the log's note in the same transaction; undefined: it stays as it is
   */
  settle(sequences: readonly number[], note?: string): void {
    this.#transaction((size) => {
      if (note !== undefined) this.#statements.writeNote.run(note);
      for (const sequence of sequences) {
        const removed = this.#statements.remove.get(sequence);
        if (!removed) continue;
        size.entries -= 1;
        size.bytes -= Number(removed['bytes']);
      }
    });
  }

  /** What was last noted: a few words by the log's user about the whole log; "" at first. */
  get note(): string {
    return this.#guarded(() => String(this.#statements.readNote.get()?.['note']));
  }

  /** Gives entries other attributes, in one transaction; a sequence that is gone is no error. */
  annotate(sequences: readonly number[], attributes: LogRecord['attributes']): void {
    const text = JSON.stringify(attributes);
    this.#transaction(() => {
      for (const sequence of sequences) this.#statements.annotate.run(text, sequence);
    });
  }

  /**
   * Reads all of it, a second or two for each gigabyte: damage shows itself only where it is read, which may be much later.
   *
   * @throws StoreError when it is damaged
   */
  check(): void {
    const found = this.#guarded(() => this.#db.prepare('PRAGMA quick_check(1)').get()?.['quick_check']);
    if (found !== 'ok') throw new StoreError(this.#path, `the file is damaged: ${String(found)}`, null);
  }

  /** Shrinks a file of more than this to what it holds, if that is possible now. */
  giveBackUnused(bytes: number): void {
    giveBackUnused(this.#db, bytes);
  }

  /** Folds the write-ahead log into the file, unless another process has it open; may be called again. */
  close(): void {
    this.#reader.close();
  }

  #appendOne(record: LogRecord & Positioned, size: Draft): Appended {
    const original = this.#statements.find.get(record.messageId);
    if (original) return { kind: 'stored', sequence: Number(original['sequence']), duplicate: true };
    const headers = JSON.stringify(record.headers);
    const bytes = messageSize(record);
    if (bytes + (this.#discard === 'new' ? size.bytes : 0) > this.maxBytes) return { kind: 'full' };
    const { messageId, subject, time, body } = record;
    const place = record.sequence ?? null;
    const attributes = JSON.stringify(record.attributes);
    const columns = [place, messageId, subject, time, bytes, attributes, headers, body] as const;
    const inserted = this.#statements.insert.run(...columns);
    size.entries += 1;
    size.bytes += bytes;
    return { kind: 'stored', sequence: Number(inserted.lastInsertRowid), duplicate: false };
  }

  #removeOldest(size: Draft): void {
    if (size.bytes <= this.maxBytes) return;
    let last = 0;
    for (const { sequence, bytes } of this.#statements.oldest.iterate()) {
      size.entries -= 1;
      size.bytes -= Number(bytes);
      last = Number(sequence);
      if (size.bytes <= this.maxBytes) break;
    }
    this.#statements.removeUpTo.run(last);
  }

  /**
   * Brings a file that was made under a larger limit down to this one. On a full disk it stays as it is, which is no
   * reason not to start: the next append tries again to remove the oldest entries.
   */
  #shrink(): void {
    try {
      if (this.#size.bytes > this.maxBytes) this.#transaction((size) => this.#removeOldest(size));
    } catch {
      return;
    }
    this.giveBackUnused(2 * this.maxBytes);
  }

  #transaction<T>(work: (size: Draft) => T): T {
    return this.#guarded(() => {
      this.#db.exec('BEGIN IMMEDIATE');
      const size = this.#readSize();
      const result = work(size);
      this.#statements.writeSize.run(size.entries, size.bytes);
      this.#db.exec('COMMIT');
      this.#size = size;
      return result;
    });
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw toStoreError(this.#path, error);
    }
  }

  #readSize(): Draft {
    const row = this.#statements.readSize.get();
    if (!row)
      throw new StoreError(this.#path, 'the file is damaged; move it away, and a new one is made', null);
    return { entries: Number(row['entries']), bytes: Number(row['bytes']) };
  }
}

/**
 * Opens a log, and makes the file when there is none.
 *
 * @param options.synchronous `FULL`: what was appended survives a power cut; `NORMAL`: the death of the process
 * @throws StoreError
 */
export function openLog(path: string, options: LogLimits & { readonly synchronous: 'FULL' | 'NORMAL' }): Log {
  const db = openDatabase(path, options.synchronous);
  try {
    return new Log(path, db, options);
  } catch (error) {
    db.close();
    throw toStoreError(path, error);
  }
}

/** How a log is opened, wherever it lives. */
export type OpenLog = typeof openLog;

type Draft = { entries: number; bytes: number };
