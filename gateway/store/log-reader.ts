import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberOf, openDatabaseForReading, toStoreError } from './database.ts';

/** One entry as it was appended, its body byte for byte. */
export type LogRecord = {
  /** Unique in the log; an entry with an id that is there already is not stored again. */
  readonly messageId: string;
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What the log's user wants to keep beside the message; not part of it, and not counted in its bytes. */
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly body: Uint8Array;
};

/** Sequences start at 1, grow by 1 and are never used again. */
export type LogEntry = LogRecord & { readonly sequence: number };

export type LogQuery = {
  /** Entries with a greater sequence; 0: from the oldest on. */
  readonly after: number;
  readonly limit: number;
  /** undefined: every subject. */
  readonly subject: string | undefined;
};

const COLUMNS = 'sequence, message_id, subject, time, headers, attributes, body';

/** The reading half of a log. Each read is one short statement, so it never holds up the writer's checkpoints. */
export class LogReader {
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #all: StatementSync;
  readonly #ofSubject: StatementSync;

  constructor(path: string, db: DatabaseSync) {
    this.#path = path;
    this.#db = db;
    this.#all = db.prepare(`SELECT ${COLUMNS} FROM entries WHERE sequence > ? ORDER BY sequence LIMIT ?`);
    this.#ofSubject = db.prepare(
      `SELECT ${COLUMNS} FROM entries WHERE sequence > ? AND subject = ? ORDER BY sequence LIMIT ?`,
    );
  }

  /**
   * Entries in stored order.
   * @throws StoreError
   */
  read({ after, limit, subject }: LogQuery): LogEntry[] {
    return this.#guarded(() => {
      const rows =
        subject === undefined ? this.#all.all(after, limit) : this.#ofSubject.all(after, subject, limit);
      return rows.map((row) => toEntry(row as Row));
    });
  }

  /**
   * The newest entry's sequence; 0: the log is empty.
   * @throws StoreError
   */
  lastSequence(): number {
    return this.#guarded(() => numberOf(this.#db, 'SELECT coalesce(max(sequence), 0) AS n FROM entries'));
  }

  /** @throws StoreError */
  countEntries(): number {
    return this.#guarded(() => numberOf(this.#db, 'SELECT entries AS n FROM totals'));
  }

  /** May be called again. */
  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toStoreError(this.#path, error);
    }
  }
}

/**
 * Opens a log for reading only, beside its writer or after the writer was killed.
 *
 * @returns undefined while its writer has not made the tables yet
 * @throws StoreError also when there is no file
 */
export function openLogReader(path: string): LogReader | undefined {
  const db = openDatabaseForReading(path);
  return db && new LogReader(path, db);
}

type Row = {
  readonly sequence: number;
  readonly message_id: string;
  readonly subject: string;
  readonly time: number;
  readonly headers: string;
  readonly attributes: string;
  readonly body: Uint8Array;
};

function toEntry(row: Row): LogEntry {
  return {
    sequence: row.sequence,
    messageId: row.message_id,
    subject: row.subject,
    time: row.time,
    headers: readHeaders(row.headers),
    attributes: (parsed(row.attributes) ?? {}) as LogEntry['attributes'],
    body: row.body,
  };
}

/** Every bus refuses a header of this name for good: one damaged entry becomes a dead letter, and keeps nobody waiting. */
const UNREADABLE: LogEntry['headers'] = { 'unreadable headers': 'what is stored is not JSON' };

function readHeaders(text: string): LogEntry['headers'] {
  const headers = parsed(text);
  const isRead = headers !== undefined && Object.values(headers).every((value) => typeof value === 'string');
  return isRead ? (headers as LogEntry['headers']) : UNREADABLE;
}

/** undefined: it is no JSON object. */
function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
