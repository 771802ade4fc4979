import type { Writable } from 'node:stream';
import pino from 'pino';
import type { Clock } from './clock.ts';
import { flushed, lineWriter } from './log-output.ts';
import { mapText, toJsonLine, visible } from './log-text.ts';
import type { Scrubber } from './secrets/scrubber.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One method per level; an error goes into the field `err`, with its stack. */
export type Levels = {
  readonly [L in LogLevel]: (fields: Readonly<Record<string, unknown>>, message: string) => void;
};

export type Logger = Levels & {
  /** Writes at every LOG_LEVEL: for a line that somebody relies on. */
  readonly always: Levels;
};

export type LogOptions = {
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty' | 'auto';
  /** `NO_COLOR` is set (https://no-color.org). */
  readonly noColor: boolean;
  readonly clock: Clock;
  readonly scrubber: Scrubber;
  /** Standard output, as a rule. */
  readonly out: Writable & { readonly isTTY?: boolean };
};

export type Log = {
  readonly logger: Logger;
  /** Resolves when every line is written, the reader is gone, or `deadlineMs` passed. Call it before an exit. */
  readonly flush: (deadlineMs: number) => Promise<void>;
};

/** https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#LogSeverity */
const SEVERITIES: Readonly<Record<string, string>> = {
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
};

/**
 * One line a record: JSON with the fields of Cloud Logging
 * (https://cloud.google.com/logging/docs/structured-logging), or for a person at a terminal. Every line passes the
 * scrubber last of all, so it does not matter where in the record a secret was.
 */
export async function openLog(options: LogOptions): Promise<Log> {
  const { level, clock, scrubber, out } = options;
  const { present, formatters } = isPretty(options) ? await prettyLines(options) : jsonLines;
  const writeLine = lineWriter(out, (lines) =>
    logger.warn({ lines }, 'log lines left out: nobody read them'),
  );
  const root = pino(
    {
      level,
      formatters,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date(clock.date()).toISOString()}"`,
    },
    { write: (line) => writeLine(present(scrubber.scrubAll(JSON.parse(line)))) },
  );
  const logger: Logger = { ...levelsOf(root), always: levelsOf(root.child({}, { level: 'debug' })) };
  return { logger, flush: (deadlineMs) => flushed(out, clock, deadlineMs) };
}

/** Plain functions: those of pino need their logger as `this`. */
function levelsOf(root: Levels): Levels {
  return {
    debug: (fields, message) => root.debug(fields, message),
    info: (fields, message) => root.info(fields, message),
    warn: (fields, message) => root.warn(fields, message),
    error: (fields, message) => root.error(fields, message),
  };
}

type Presentation = {
  readonly formatters: NonNullable<pino.LoggerOptions['formatters']>;
  readonly present: (record: unknown) => string;
};

const jsonLines: Presentation = {
  formatters: { level: (label) => ({ severity: SEVERITIES[label] }) },
  present: toJsonLine,
};

function isPretty({ format, out }: LogOptions): boolean {
  return format === 'pretty' || (format === 'auto' && out.isTTY === true);
}

async function prettyLines({ noColor, out }: LogOptions): Promise<Presentation> {
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({
    colorize: out.isTTY === true && !noColor,
    messageKey: 'message',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    // `error` is a sentence here, and only `err` has a stack.
    errorLikeObjectKeys: ['err'],
  });
  return { formatters: {}, present: (record) => pretty(mapText(record, visible)) };
}
