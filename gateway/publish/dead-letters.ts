import { join } from 'node:path';
import type { BusMessage } from '../bus/bus.ts';
import type { Clock } from '../clock.ts';
import { openLog, type Log } from '../store/log.ts';
import type { Rejection } from './queue-options.ts';

/** The local store refuses newcomers beyond this; whoever repairs the cause has long been told by then. */
const MAX_BYTES = 256 * 1024 * 1024;

export type DeadLetters = {
  /** False: it could not be kept. */
  keep(rejection: Rejection): boolean;
  close(): void;
};

export function deadLettersPath(dataDir: string): string {
  return join(dataDir, 'dead-letters.sqlite');
}

/**
 * The local store of what the bus refused for good.
 *
 * @throws StoreError when the file cannot be used
 */
export function openDeadLetters(options: {
  readonly dataDir: string;
  readonly subject: string;
  readonly clock: Clock;
  /** Told of a dead letter that could not be kept. */
  readonly onError: (error: unknown) => void;
}): DeadLetters {
  const { dataDir, subject, clock, onError } = options;
  const limits = { maxBytes: MAX_BYTES, discard: 'new', synchronous: 'FULL' } as const;
  const log = openLog(deadLettersPath(dataDir), limits);
  return {
    keep: (rejection) => {
      try {
        return keep(log, toDeadLetter(rejection, subject, clock.date()), clock.date());
      } catch (error) {
        onError(error);
        return false;
      }
    },
    close: () => log.close(),
  };
}

function keep(log: Log, letter: BusMessage, time: number): boolean {
  const [answer] = log.append([{ ...letter, time, attributes: {} }]);
  return answer?.kind === 'stored';
}

/**
 * De-duplication is per stream, over all its subjects: under the message's own id (`tw:`), a later redrive of it would be
 * taken for a repetition. Hence `dl:`.
 */
function toDeadLetter(
  { queued, reason, error, attempts }: Rejection,
  subject: string,
  failedAt: number,
): BusMessage {
  const { message } = queued;
  const messageId = message.messageId.replace(/^tw:/, 'dl:');
  const about = JSON.stringify({ reason, error, failedAt: new Date(failedAt).toISOString(), attempts });
  const body = Buffer.concat([
    Buffer.from(`${about.slice(0, -1)},"envelope":`),
    message.body,
    Buffer.from('}'),
  ]);
  const headers = { ...message.headers, 'Nats-Msg-Id': messageId, type: 'internal.deadletter.v1' };
  return { messageId, subject, headers, body };
}
