import type { StreamInfo } from '@nats-io/jetstream';
import { STREAM_NOT_FOUND } from './nats-api.ts';
import { NO_ANSWERS, openNatsLink, type NatsLink } from './nats-link.ts';
import { NATS_TIMINGS, type NatsServers } from './nats-options.ts';
import { lastSequence, pullMessages, ReadError } from './nats-read.ts';
import { askStream, mayHold, outOfReach } from './nats-subject.ts';
import { pause } from '../pause.ts';
import { BusReadError, type ReadOptions, type StoredMessage } from './stored-message.ts';
import { errorText } from '../../shared/error-text.ts';

export type NatsReadOptions = ReadOptions & {
  readonly servers: NatsServers;
  readonly stream: string;
  /** Told what holds a follower up. */
  readonly onNotice: (sentence: string) => void;
};

export type NatsReading = {
  readonly lacks: Lack | undefined;
  readonly messages: AsyncGenerator<StoredMessage, void>;
  /** Ends the reading wherever it is, even before it has begun. */
  close(): Promise<void>;
};

/** Why nothing can be read yet: there is no stream, or it does not take the subject. */
export type Lack = 'stream' | 'subject';

/** Which stream is being read (undefined: none yet), and after which sequence. */
type Place = { created: string | undefined; after: number; lacks: Lack | undefined };

const RETRY_MS = 500;
const PULL_MS = 5000;

/**
 * Reads a subject back in stored order, beside the gateway or without it. A stream that is missing, or does not take
 * the subject, is like an empty one. A follower survives whatever happens to the server, and starts over when the stream
 * was made again.
 *
 * Where to begin is fixed when this resolves.
 *
 * @throws BusReadError at once or while reading
 */
export async function readNats(options: NatsReadOptions): Promise<NatsReading> {
  let link: NatsLink | undefined;
  try {
    const first = (link = await open(options));
    const place: Place = { created: undefined, after: 0, lacks: undefined };
    await find(place, first, options, options.from);
    const { lacks } = place;
    const messages = readOn(first, place, options);
    const close = async (): Promise<void> => {
      await messages.return();
      // A generator that never ran has no `finally` that would close the link.
      await first.close();
    };
    return { lacks, messages, close };
  } catch (error) {
    await link?.close();
    throw new BusReadError(errorText(error));
  }
}

async function* readOn(
  first: NatsLink,
  place: Place,
  options: NatsReadOptions,
): AsyncGenerator<StoredMessage, void> {
  const { clock, signal, follow } = options;
  let link: NatsLink | undefined = first;
  let told = '';
  while (!signal.aborted) {
    try {
      link ??= await open(options);
      yield* readThrough(link, place, options);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!follow || !mayPass(error)) throw new BusReadError(errorText(error));
      if (told !== errorText(error)) options.onNotice(`${(told = errorText(error))}; trying again`);
    } finally {
      await link?.close();
      link = undefined;
    }
    await pause(clock, RETRY_MS, signal);
  }
}

/** To the end that is known now, or, following, until the link ends. */
async function* readThrough(
  link: NatsLink,
  place: Place,
  options: NatsReadOptions,
): AsyncGenerator<StoredMessage, void> {
  const { follow, clock, signal } = options;
  while (!signal.aborted) {
    await find(place, link, options, 'start');
    const isDone = place.lacks === undefined ? yield* readStream(link, place, options) : !follow;
    if (isDone) return;
    await pause(clock, RETRY_MS, signal);
  }
}

/** @returns whether that was all; false: the consumer was lost */
async function* readStream(
  link: NatsLink,
  place: Place,
  { stream, subject, follow }: NatsReadOptions,
): AsyncGenerator<StoredMessage, boolean> {
  const ask = link.asker(NATS_TIMINGS.answerMs);
  const last = follow ? Infinity : await lastSequence(ask, stream, subject);
  if (last !== undefined && last <= place.after) return true;
  const pullMs = last === undefined ? 0 : PULL_MS;
  const reading = { stream, subject, from: place.after + 1, headersOnly: false, pullMs };
  for await (const message of pullMessages(link.connection, ask, reading)) {
    if (message === 'idle' && follow) continue;
    if (message === 'idle') return last === undefined;
    place.after = message.sequence;
    yield message;
    if (last !== undefined && last <= place.after) return true;
  }
  return false;
}

/** A different stream is read from its start; the first one from where the reader wants. */
async function find(
  place: Place,
  link: NatsLink,
  { stream, subject }: NatsReadOptions,
  from: 'start' | 'now',
): Promise<void> {
  const info = await askStream(link.asker(NATS_TIMINGS.answerMs), stream, subject);
  const isMissing = info.kind === 'error' && info.error.err_code === STREAM_NOT_FOUND;
  if (info.kind !== 'ok' && !isMissing) throw new ReadError(info);
  const seen = info.kind === 'ok' ? info.value : undefined;
  const beyond = seen && outOfReach(stream, seen, subject);
  if (beyond) throw new BusReadError(beyond.why);
  place.lacks = lackIn(seen, subject);
  if (seen?.created === place.created) return;
  place.after = from === 'now' ? (seen?.state.last_seq ?? 0) : 0;
  place.created = seen?.created;
}

function lackIn(seen: StreamInfo | undefined, subject: string): Lack | undefined {
  if (!seen) return 'stream';
  return mayHold(seen, subject) ? undefined : 'subject';
}

async function open({ servers, signal }: NatsReadOptions): Promise<NatsLink> {
  const link = await openNatsLink(servers, NATS_TIMINGS, NO_ANSWERS, signal);
  const cut = () => link.cut();
  signal.addEventListener('abort', cut);
  void link.ended.then(() => signal.removeEventListener('abort', cut));
  return link;
}

function mayPass(error: unknown): boolean {
  if (error instanceof ReadError) return !error.isForGood;
  return true;
}
