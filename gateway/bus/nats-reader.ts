import type { StreamInfo } from '@nats-io/jetstream';
import { askApi, STREAM_NOT_FOUND } from './nats-api.ts';
import { NO_ANSWERS, openNatsLink, type NatsLink } from './nats-link.ts';
import { NATS_TIMINGS, type NatsServers } from './nats-options.ts';
import { lastSequence, pullMessages, ReadError } from './nats-read.ts';
import { pause } from '../pause.ts';
import { BusReadError, type ReadOptions, type StoredMessage } from './stored-message.ts';
import { errorText } from '../../shared/error-text.ts';

export type NatsReadOptions = ReadOptions & {
  readonly servers: NatsServers;
  readonly stream: string;
  /** What holds a follower up. */
  readonly onNotice: (sentence: string) => void;
};

export type NatsReading = {
  readonly isStreamMissing: boolean;
  readonly messages: AsyncGenerator<StoredMessage, void>;
  /** Ends the reading wherever it is; it may not have begun. */
  close(): Promise<void>;
};

/** In which stream the reading stands (undefined: none yet), and after which sequence. */
type Place = { created: string | undefined; after: number };

const RETRY_MS = 500;
const PULL_MS = 5000;

/**
 * Reads a subject back in stored order, beside the gateway or without it. A stream that is missing is like an empty
 * one. A follower survives what happens to the server, and begins anew when the stream was made again.
 *
 * The place to begin is fixed when this resolves.
 *
 * @throws BusReadError at once or while reading
 */
export async function readNats(options: NatsReadOptions): Promise<NatsReading> {
  let link: NatsLink | undefined;
  try {
    const first = (link = await open(options));
    const place = { created: undefined, after: 0 };
    await find(place, first, options.stream, options.from);
    const messages = readOn(first, place, options);
    const close = async (): Promise<void> => {
      await messages.return();
      // A generator that was never asked has no end that could close it.
      await first.close();
    };
    return { isStreamMissing: place.created === undefined, messages, close };
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
    await find(place, link, options.stream, 'start');
    const isDone = place.created === undefined ? !follow : yield* readStream(link, place, options);
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

/** Another stream than before is read from its start; the first one from where the reader wants. */
async function find(place: Place, link: NatsLink, stream: string, from: 'start' | 'now'): Promise<void> {
  const ask = link.asker(NATS_TIMINGS.answerMs);
  const info = await askApi<StreamInfo>(ask, `STREAM.INFO.${stream}`);
  const isMissing = info.kind === 'error' && info.error.err_code === STREAM_NOT_FOUND;
  if (info.kind !== 'ok' && !isMissing) throw new ReadError(info);
  const { created, state } = info.kind === 'ok' ? info.value : {};
  if (created === place.created) return;
  place.after = from === 'now' ? (state?.last_seq ?? 0) : 0;
  place.created = created;
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
