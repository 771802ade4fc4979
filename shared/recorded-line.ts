/** A line as a connection received it. */
export type RecordedLine = {
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** Which connection of the process received it: 1, 2, 3… */
  readonly connection: number;
  /** The raw line: decoded, without its ending. */
  readonly line: string;
  /** Bytes that were not UTF-8 were replaced by U+FFFD. */
  readonly replacedBytes: boolean;
};

/** One line of JSON, without an ending: whatever is in the raw line, a CR included, is escaped. */
export function formatRecordedLine({ receivedAt, connection, line, replacedBytes }: RecordedLine): string {
  return JSON.stringify({ receivedAt, connection, line, ...(replacedBytes && { replacedBytes }) });
}

/** The recorded line; undefined if the text is not one, for example if it was cut off when a process ended. */
export function parseRecordedLine(text: string): RecordedLine | undefined {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const { receivedAt, connection, line, replacedBytes } = value as Record<string, unknown>;
  if (!isTime(receivedAt) || !Number.isSafeInteger(connection) || typeof line !== 'string') return undefined;
  return { receivedAt, connection: Number(connection), line, replacedBytes: replacedBytes === true };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an ISO 8601 time with a four-digit year can say. */
function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < Date.UTC(10_000, 0);
}
