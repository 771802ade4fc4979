import { inOnePiece } from '../bus/encoded-message.ts';
import { messageSize } from '../../shared/message-size.ts';
import { openLog, type Appended, type Log, type LogEntry, type OpenLog } from '../store/log.ts';
import type { Placed, SentMark } from './queued-message.ts';

/** Entries read from the disk at once. */
const PAGE = 64;

/** A file up to this size may keep what it has. */
const USUAL_FILE_BYTES = 16 * 1024 * 1024;

/** Newly written entries kept in memory, so that what passes through quickly is not read back. */
const MAX_CACHED = 1024;

export type Spooled = 'kept' | 'duplicate' | 'full';

/**
 * Messages on the disk, in order: written at the end, taken from the front, and removed only once settled.
 * Everything here is synchronous; an operation that fails changes nothing and throws a StoreError.
 */
export class Spool {
  /** How many messages an earlier run left. */
  readonly recovered: number;
  /** Which of them may have been sent. */
  readonly recoveredMark: SentMark;
  readonly #log: Log;
  /** The first of the waiting messages, in order; perhaps not all. */
  #cache: Placed[] = [];
  #waiting: number;
  #taken = 0;
  /** When the last one that was taken had been accepted. */
  #takenAcceptedAt: number | undefined;

  constructor(log: Log) {
    this.#log = log;
    this.recovered = this.#waiting = log.size.entries;
    this.recoveredMark = readMark(log.note, log.lastSequence());
  }

  /** On the disk and not taken yet. */
  get waiting(): number {
    return this.#waiting;
  }

  get bytes(): number {
    return this.#log.size.bytes;
  }

  get maxBytes(): number {
    return this.#log.maxBytes;
  }

  /**
   * When the first that waits was accepted, milliseconds since 1970. While it cannot be read that is when the one before
   * it was; undefined: this run has taken none.
   */
  get oldestAcceptedAt(): number | undefined {
    return this.#cache[0]?.acceptedAt ?? this.#takenAcceptedAt;
  }

  /** Behind everything in here. */
  get nextPosition(): number {
    return this.#log.lastSequence() + 1;
  }

  /** Writes messages behind all others, in one commit. `duplicate`: its id is already here. */
  append(messages: readonly Placed[]): Spooled[] {
    const answers = this.#write(messages);
    for (const [index, answer] of answers.entries()) {
      const message = messages[index];
      if (answer !== 'kept' || !message) continue;
      if (this.#cache.length === this.#waiting && this.#waiting < MAX_CACHED) this.#cache.push(message);
      this.#waiting++;
    }
    return answers;
  }

  /** Writes messages that are in memory back to their own places, for the next run. Here they count as taken. */
  putBack(messages: readonly Placed[]): Spooled[] {
    this.#taken = messages.reduce((last, { position }) => Math.max(last, position), this.#taken);
    return this.#write(messages);
  }

  /** The first message that waits. */
  peek(): Placed | undefined {
    if (this.#cache.length === 0 && this.#waiting > 0) {
      this.#cache = this.#log.read({ after: this.#taken, limit: PAGE, subject: undefined }).map(toPlaced);
    }
    return this.#cache[0];
  }

  /** Takes what `peek` showed; it stays on the disk until it is settled. */
  take(): void {
    const first = this.#cache.shift();
    if (!first) return;
    this.#taken = first.position;
    this.#takenAcceptedAt = first.acceptedAt;
    this.#waiting--;
  }

  /** Removes what is settled, and notes what was sent of the rest and where that would be found, in one commit. */
  settle(positions: readonly number[], mark: SentMark): void {
    this.#log.settle(positions, JSON.stringify(mark));
  }

  /** The same for the last time. */
  close(mark: SentMark, positions: readonly number[] = []): void {
    try {
      this.settle(positions, mark);
    } finally {
      this.#log.close();
      this.#cache = [];
      this.#waiting = 0;
    }
  }

  #write(messages: readonly Placed[]): Spooled[] {
    return this.#log.append(messages.map(toRecord)).map(toAnswer);
  }

  /** Everything on the disk, taken or not. */
  get entries(): number {
    return this.#log.size.entries;
  }
}

/**
 * Looks through what an earlier run left: what stands behind a damaged place could never be read, and nothing that came
 * after it would ever be sent. Then gives back to the disk what an outage took and nobody needs any more.
 *
 * @throws StoreError when the file cannot be used
 */
export function openSpool(path: string, maxBytes: number, open: OpenLog = openLog): Spool {
  const log = open(path, { maxBytes, discard: 'new', synchronous: 'NORMAL' });
  try {
    if (log.size.entries > 0) log.check();
    log.giveBackUnused(USUAL_FILE_BYTES);
    return new Spool(log);
  } catch (error) {
    log.close();
    throw error;
  }
}

function toRecord({ position, queued, acceptedAt }: Placed) {
  const { channel, saidAt, message } = queued;
  const attributes = saidAt === undefined ? { channel } : { channel, saidAt };
  const { messageId, subject, headers, body } = message;
  return { messageId, subject, headers, body, time: acceptedAt, attributes, sequence: position };
}

function toAnswer(appended: Appended): Spooled {
  if (appended.kind === 'full') return 'full';
  return appended.duplicate ? 'duplicate' : 'kept';
}

function toPlaced({ sequence, messageId, subject, headers, body, time, attributes }: LogEntry): Placed {
  const { channel, saidAt } = attributes;
  const queued = {
    message: inOnePiece({ messageId, subject, headers, body }),
    channel: String(channel),
    bytes: messageSize({ headers, body }),
    saidAt: typeof saidAt === 'number' ? saidAt : undefined,
  };
  return { position: sequence, queued, acceptedAt: time };
}

/** Without a note of how far messages were sent, all of them may have been. */
function readMark(note: string, lastPosition: number): SentMark {
  const { sentUpTo, stream, after } = parsed(note);
  return {
    sentUpTo: typeof sentUpTo === 'number' ? Math.min(sentUpTo, lastPosition) : lastPosition,
    stream: typeof stream === 'string' ? stream : '',
    after: typeof after === 'number' ? after : 0,
  };
}

/** A note that cannot be read is like none: that costs a look into the stream, and no message. */
function parsed(note: string): Partial<Record<keyof SentMark, unknown>> {
  try {
    return { ...(JSON.parse(note) as object | null) };
  } catch {
    return {};
  }
}
