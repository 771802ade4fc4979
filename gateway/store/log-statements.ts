import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** All that a log says to SQLite, prepared once. */
export type Statements = Readonly<
  Record<
    | 'find'
    | 'insert'
    | 'annotate'
    | 'remove'
    | 'oldest'
    | 'removeUpTo'
    | 'readSize'
    | 'writeSize'
    | 'readNote'
    | 'writeNote',
    StatementSync
  >
>;

export function prepareStatements(db: DatabaseSync): Statements {
  return {
    // Looked up before the insert: an INSERT rejected by a conflict would still use up a sequence.
    find: db.prepare('SELECT sequence FROM entries WHERE message_id = ?'),
    insert: db.prepare(
      'INSERT INTO entries (sequence, message_id, subject, time, bytes, attributes, headers, body)' +
        ' VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    annotate: db.prepare('UPDATE entries SET attributes = ? WHERE sequence = ?'),
    remove: db.prepare('DELETE FROM entries WHERE sequence = ? RETURNING bytes'),
    oldest: db.prepare('SELECT sequence, bytes FROM entries ORDER BY sequence'),
    removeUpTo: db.prepare('DELETE FROM entries WHERE sequence <= ?'),
    readSize: db.prepare('SELECT entries, bytes FROM totals'),
    writeSize: db.prepare('UPDATE totals SET entries = ?, bytes = ?'),
    readNote: db.prepare('SELECT note FROM totals'),
    writeNote: db.prepare('UPDATE totals SET note = ?'),
  };
}
