import { pause } from '../../gateway/pause.ts';
import { createIngest, type IngestOptions } from '../../gateway/ingest.ts';
import type { PublishQueue } from '../../gateway/publish/publish-queue.ts';
import type { QueuedMessage } from '../../gateway/publish/queued-message.ts';
import type { IgnoredReason } from '../../gateway/twitch/connection.ts';
import type { HeardLine } from '../../shared/heard-line.ts';
import type { Input } from './inputs.ts';
import { LineReader } from './line-reader.ts';
import { linesOf, UnreadableInput } from './lines.ts';
import type { Pace } from './pace.ts';

export type ReplayOptions = Omit<IngestOptions, 'offer'> & {
  readonly inputs: readonly Input[];
  readonly queue: PublishQueue;
  /** Of the queue; beyond half of it, reading waits. */
  readonly maxQueueBytes: number;
  /** undefined: as fast as possible. */
  readonly pace: Pace | undefined;
  /** Ends the reading. */
  readonly signal: AbortSignal;
};

/** What has been read so far. */
export type Tally = {
  /** From the disk. */
  bytes: number;
  lines: number;
  readonly ignored: Record<IgnoredReason, number>;
  /** Inputs that could not be read to their ends, a sentence each. */
  readonly unreadable: string[];
};

export function newTally(): Tally {
  return {
    bytes: 0,
    lines: 0,
    ignored: { malformed: 0, not_a_channel: 0, other_command: 0 },
    unreadable: [],
  };
}

/** How often a queue that is full enough is checked. */
const ROOM_POLL_MS = 5;

/**
 * Reads all inputs in order, and offers what is chat to the queue the way live chat goes, never more than it has room
 * for.
 *
 * @returns whether everything was offered; false: the signal aborted
 */
export async function replay(options: ReplayOptions, tally: Tally): Promise<boolean> {
  const say = speaker(options);
  for (const input of options.inputs) {
    try {
      await replayInput(input, options, say, tally);
    } catch (error) {
      if (!(error instanceof UnreadableInput)) throw error;
      tally.unreadable.push(error.message);
    }
  }
  return !options.signal.aborted;
}

type Say = (line: HeardLine) => Promise<void>;

async function replayInput(
  input: Input,
  { clock, pace, signal }: ReplayOptions,
  say: Say,
  tally: Tally,
): Promise<void> {
  const reader = new LineReader(clock.date());
  const onRead = (bytes: number) => void (tally.bytes += bytes);
  for await (const lines of linesOf(input, onRead, signal)) {
    for (const line of lines) {
      const reading = reader.read(line);
      if (typeof reading === 'string') tally.ignored[reading]++;
      else {
        await pace?.(reading.receivedAt);
        if (signal.aborted) return;
        await say(reading);
      }
      tally.lines++;
    }
  }
}

/** A message is held back until there is room for it: nothing is ever dropped for lack of room. */
function speaker({ queue, maxQueueBytes, signal, ...options }: ReplayOptions): Say {
  const held: QueuedMessage[] = [];
  const ingest = createIngest({ ...options, offer: (queued) => held.push(queued) > 0 });
  const hasRoomFor = ({ bytes }: QueuedMessage): boolean => {
    const waiting = queue.status().bytes;
    return waiting === 0 || (waiting <= maxQueueBytes / 2 && waiting + bytes <= maxQueueBytes);
  };
  return async (line) => {
    ingest(line);
    const queued = held.pop();
    if (!queued) return;
    while (!hasRoomFor(queued) && !signal.aborted) await pause(options.clock, ROOM_POLL_MS, signal);
    if (!signal.aborted) queue.offer(queued);
  };
}
