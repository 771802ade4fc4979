import { AckPolicy, jetstream, type ConsumerInfo, type JetStreamManager } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Clock } from '../clock.ts';
import type { BusMessage, Outcome } from './bus.ts';
import { LateLetters } from './late-letters.ts';
import { NO_LETTERS, type LetterSource } from './letter-source.ts';
import { askApi, type Ask } from './nats-api.ts';
import { ConsumedLetters, LookedAtLetters, readable, type NatsLetters } from './nats-letters.ts';
import { NO_ANSWERS, openNatsLink, type NatsLink } from './nats-link.ts';
import { NATS_TIMINGS, type NatsServers } from './nats-options.ts';
import { ReadError } from './nats-read.ts';
import { readNats } from './nats-reader.ts';
import { sendOver } from './nats-send.ts';
import { askStream, mayHold, outOfReach } from './nats-subject.ts';

const NAME = 'redrive';
/** What a killed run had asked for becomes available again after this long. */
const ACK_WAIT_MS = 30_000;
const CONSUMER_NOT_FOUND = 10014;

export type NatsRedriveOptions = {
  readonly servers: NatsServers;
  readonly stream: string;
  /** That of the dead letters. */
  readonly subject: string;
  /** Only looks: no consumer is made or advanced. */
  readonly dryRun: boolean;
  readonly onNotice: (sentence: string) => void;
  readonly clock: Clock;
  /** Ends the attempt to connect, and a look. */
  readonly signal: AbortSignal;
};

export type NatsRedrive = {
  /** Looked up when first asked for. */
  readonly letters: LetterSource;
  /** Like `Bus.send`. */
  send(message: BusMessage): Promise<Outcome>;
  /** What was shown and is not done with becomes available again at once. */
  close(): Promise<void>;
};

/**
 * The dead letters in a stream, over one connection for the whole run.
 *
 * @throws BusReadError, as do the letters
 */
export async function openNatsRedrive(options: NatsRedriveOptions): Promise<NatsRedrive> {
  const { servers, stream, signal } = options;
  const link = await readable(() => openNatsLink(servers, NATS_TIMINGS, NO_ANSWERS, signal));
  const letters = new LateLetters(() => readable(() => openLetters(link, options)));
  return {
    letters,
    send: (message) => sendOver(link, message, { stream, timeoutMs: NATS_TIMINGS.sendMs }),
    async close() {
      await letters.giveBack();
      await link.close();
    },
  };
}

async function openLetters(link: NatsLink, options: NatsRedriveOptions): Promise<NatsLetters> {
  const { stream, subject, dryRun, onNotice } = options;
  const ask = link.asker(NATS_TIMINGS.answerMs);
  // A user that may not look at the stream may still use the consumer.
  const seen = await askStream(ask, stream, subject);
  if (seen.kind === 'ok' && !mayHold(seen.value, subject)) {
    onNotice(`the stream ${stream} does not take ${subject}: only local letters are redriven`);
    return { ...NO_LETTERS, giveBack: async () => undefined };
  }
  const info = await findConsumer(ask, stream);
  const beyond =
    seen.kind === 'ok' && (!info || dryRun) ? outOfReach(stream, seen.value, subject) : undefined;
  if (beyond) {
    onNotice(beyond.why);
    return { ...NO_LETTERS, countRest: async () => beyond.count, giveBack: async () => undefined };
  }
  const filter = info?.config.filter_subject ?? subject;
  if (filter !== subject)
    throw new Error(
      `the consumer ${NAME} of ${stream} reads ${filter}, not ${subject}: delete it, or set BUS_PREFIX`,
    );
  if (dryRun) {
    const reading = await readNats({ ...options, from: 'start', follow: false });
    return new LookedAtLetters(reading, info, onNotice);
  }
  const client = jetstream(link.connection, { timeout: NATS_TIMINGS.answerMs });
  if (!info) await makeConsumer(await client.jetstreamManager(false), stream, subject);
  return new ConsumedLetters(await client.consumers.get(stream, NAME));
}

async function findConsumer(ask: Ask, stream: string): Promise<ConsumerInfo | undefined> {
  const answer = await askApi<ConsumerInfo>(ask, `CONSUMER.INFO.${stream}.${NAME}`);
  if (answer.kind === 'ok') return answer.value;
  if (answer.kind === 'error' && answer.error.err_code === CONSUMER_NOT_FOUND) return undefined;
  throw new Error(`${stream}: ${new ReadError(answer).message}`);
}

async function makeConsumer(manager: JetStreamManager, stream: string, subject: string): Promise<void> {
  await manager.consumers.add(stream, {
    durable_name: NAME,
    filter_subject: subject,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ACK_WAIT_MS),
    // What a run skips stays un-acked until it ends, and must not keep it from what comes after.
    max_ack_pending: -1,
  });
}
