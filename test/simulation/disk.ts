import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../../gateway/store/database.ts';
import {
  Log,
  type Appended,
  type LogRecord,
  type OpenLog,
  type Positioned,
} from '../../gateway/store/log.ts';
import type { Paced, PaceMemory } from '../../gateway/twitch/pace-memory.ts';
import type { Journal } from './journal.ts';

const SQLITE_FULL = 13;
const EMPTY =
  "DELETE FROM entries; DELETE FROM sqlite_sequence; UPDATE totals SET entries = 0, bytes = 0, note = ''";

/** Where SQLite would touch the disk; may throw. */
type Gate = (moment: 'begin' | 'commit' | 'committed') => void;

/** A database in memory that outlives whoever closes it, as a file outlives its process. */
class SimDatabase extends DatabaseSync {
  gate: Gate = () => {};

  constructor() {
    super(':memory:');
  }

  override exec(sql: string): void {
    if (sql === 'BEGIN IMMEDIATE') this.gate('begin');
    if (sql === 'COMMIT') this.gate('commit');
    super.exec(sql);
    if (sql === 'COMMIT') this.gate('committed');
  }

  override close(): void {}
}

/** Says also which messages it has no room for, at each attempt. */
class ToldLog extends Log {
  onFull: (messageIds: readonly string[]) => void = () => {};

  override append(records: readonly (LogRecord & Positioned)[]): Appended[] {
    const answers = super.append(records);
    const full = records.filter((_, index) => answers[index]?.kind === 'full');
    this.onFull(full.map(({ messageId }) => messageId));
    return answers;
  }
}

/** Those of runs that are over, emptied: to make one takes as long as the rest of a run's disk. */
const idle: SimDatabase[] = [];
let layout: string | undefined;

/** The disk of one simulated machine: the production log on SQLite, in memory. */
export class SimDisk {
  isFull = false;
  readonly #journal: Journal;
  readonly #databases = new Map<string, SimDatabase>();
  /** When JOINs and logins were sent. */
  readonly #sent: Record<Paced, number[]> = { joins: [], logins: [] };

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /**
   * @param effect says whether the process still lives; called where it may die
   * @param onFull there was no room for these messages
   */
  opener(effect: () => boolean, onFull: (path: string, messageIds: readonly string[]) => void): OpenLog {
    return (path, limits) => {
      const db = this.#database(path);
      db.gate = () => {};
      const log = new ToldLog(path, db, limits);
      log.onFull = (messageIds) => onFull(path, messageIds);
      db.gate = (moment) => this.#gate(moment, effect);
      return log;
    };
  }

  /** What one process finds of the pace of those before it, and leaves to the next one. */
  paceMemory(): PaceMemory {
    const { joins, logins } = this.#sent;
    return {
      earlier: { joins: [...joins], logins: [...logins] },
      sending: (what, times) => this.#sent[what].push(...times),
    };
  }

  /** Message ids in a file, in their order. */
  idsIn(path: string): readonly string[] {
    const rows = this.#databases.get(path)?.prepare('SELECT message_id FROM entries ORDER BY sequence').all();
    return (rows ?? []).map((row) => String(row['message_id']));
  }

  release(): void {
    for (const db of this.#databases.values()) {
      if (db.isTransaction) db.exec('ROLLBACK');
      db.gate = () => {};
      db.exec(EMPTY);
      idle.push(db);
    }
    this.#databases.clear();
  }

  #gate(moment: Parameters<Gate>[0], effect: () => boolean): void {
    if (moment !== 'commit' && !effect()) throw new Error('this process is dead');
    if (moment !== 'commit' || !this.isFull) return;
    this.#journal.count('disk: a commit that failed');
    throw Object.assign(new Error('database or disk is full'), { errcode: SQLITE_FULL });
  }

  #database(path: string): SimDatabase {
    const db = this.#databases.get(path) ?? idle.pop() ?? newDatabase();
    this.#databases.set(path, db);
    return db;
  }
}

function newDatabase(): SimDatabase {
  const db = new SimDatabase();
  db.exec((layout ??= readLayout()));
  return db;
}

/** The tables, as production makes them. */
function readLayout(): string {
  const directory = mkdtempSync(join(tmpdir(), 'simulation-'));
  try {
    using db = openDatabase(join(directory, 'layout.sqlite'), 'NORMAL');
    const rows = db
      .prepare("SELECT sql FROM sqlite_schema WHERE sql > '' AND name NOT LIKE 'sqlite_%'")
      .all();
    const totals = "INSERT INTO totals VALUES (0, 0, '')";
    return [...rows.map((row) => String(row['sql'])), totals].join(';');
  } finally {
    rmSync(directory, { recursive: true });
  }
}
