import type { ConsumerInfo } from '@nats-io/jetstream';
import {
  PermissionViolationError,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
} from '@nats-io/transport-node';
import { askApi, NANOS_PER_MS, type ApiAnswer, type Ask } from './nats-api.ts';
import type { StoredMessage } from './stored-message.ts';

export type Reading = {
  readonly stream: string;
  readonly subject: string;
  /** The first sequence that is wanted. */
  readonly from: number;
  /** Without bodies. */
  readonly headersOnly: boolean;
  /** How long one pull waits for messages that are not there yet; 0: not at all. */
  readonly pullMs: number;
};

/** Messages asked for at once, since each pull takes a round trip. Without bodies they are small. */
const BATCH = 500;
const BATCH_OF_HEADERS = 5000;

/** The server removes a consumer from which nobody has pulled for this long. */
const INACTIVE_MS = 60_000;

/** How late the end of a pull may be. */
const GRACE_MS = 1000;

/** The pull has timed out: no messages, or fewer than were asked for. */
const ENDS_OF_A_PULL: ReadonlySet<number> = new Set([404, 408]);

const NO_MESSAGE_FOUND = 10037;

type Refused = Exclude<ApiAnswer<never>, { kind: 'ok' }>;

/** The API did not do what was asked. */
export class ReadError extends Error {
  readonly answer: Refused;

  constructor(answer: Refused) {
    super(
      answer.kind === 'error' ? `${answer.error.description} (error ${answer.error.err_code})` : answer.error,
    );
    this.answer = answer;
  }

  /** A permission, or a stream that allows no other consumers (the API's 4xx, save "not found"). */
  get isForGood(): boolean {
    if (this.answer.kind !== 'error') return this.answer.kind === 'denied';
    const { code } = this.answer.error;
    return code >= 400 && code < 500 && code !== 404;
  }
}

/**
 * The sequence of the newest message on a subject; undefined when there is none, or the server cannot tell: 2.9 cannot
 * once the newest one was deleted. The stream's leader answers, so it is exact: on a replica that lags, what a consumer
 * takes for the end may come before it.
 *
 * @throws ReadError
 */
export async function lastSequence(ask: Ask, stream: string, subject: string): Promise<number | undefined> {
  const question = { last_by_subj: subject };
  const answer = await askApi<{ message: { seq: number } }>(ask, `STREAM.MSG.GET.${stream}`, question);
  if (answer.kind === 'error' && answer.error.err_code === NO_MESSAGE_FOUND) return undefined;
  if (answer.kind !== 'ok') throw new ReadError(answer);
  return answer.value.message.seq;
}

/**
 * Messages in stored order, through a consumer of our own that wants no acks; `idle` whenever nothing came within
 * `pullMs`. Ends when the consumer is lost: continue with another one, after the last message.
 *
 * @throws ReadError, or the client's error when the connection ends
 */
export async function* pullMessages(
  connection: NatsConnection,
  ask: Ask,
  reading: Reading,
): AsyncGenerator<StoredMessage | 'idle', void> {
  const path = `${reading.stream}.${await makeConsumer(ask, reading)}`;
  try {
    for (;;) {
      const end = yield* pull(connection, path, reading);
      if (end === 'lost') return;
    }
  } catch (error) {
    if (error instanceof PermissionViolationError)
      throw new ReadError({ kind: 'denied', error: error.message });
    throw error;
  } finally {
    if (!connection.isClosed()) connection.publish(`$JS.API.CONSUMER.DELETE.${path}`);
  }
}

/** The subject without a consumer's name is the one that every server since 2.2 knows. */
async function makeConsumer(ask: Ask, { stream, subject, from, headersOnly }: Reading): Promise<string> {
  const config = {
    ack_policy: 'none',
    deliver_policy: 'by_start_sequence',
    opt_start_seq: from,
    replay_policy: 'instant',
    filter_subject: subject,
    headers_only: headersOnly,
    inactive_threshold: INACTIVE_MS * NANOS_PER_MS,
    mem_storage: true,
    num_replicas: 1,
  };
  const answer = await askApi<ConsumerInfo>(ask, `CONSUMER.CREATE.${stream}`, {
    stream_name: stream,
    config,
  });
  if (answer.kind !== 'ok') throw new ReadError(answer);
  return answer.value.name;
}

/** https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-13.md */
async function* pull(
  connection: NatsConnection,
  path: string,
  { pullMs, headersOnly }: Reading,
): AsyncGenerator<StoredMessage | 'idle', 'ended' | 'lost'> {
  const batch = headersOnly ? BATCH_OF_HEADERS : BATCH;
  const wait = pullMs === 0 ? { no_wait: true } : { expires: pullMs * NANOS_PER_MS };
  const request = JSON.stringify({ batch, ...wait });
  // Messages come under their own subject, not the inbox's: hence a subscription for each pull.
  const options = { strategy: 'count', maxMessages: batch, maxWait: pullMs + GRACE_MS, noMux: true } as const;
  let count = 0;
  for await (const message of await connection.requestMany(
    `$JS.API.CONSUMER.MSG.NEXT.${path}`,
    request,
    options,
  )) {
    const status = statusOf(message);
    if (status === 0) {
      count++;
      yield toStored(message);
    } else {
      if (ENDS_OF_A_PULL.has(status) && count === 0) yield 'idle';
      return ENDS_OF_A_PULL.has(status) ? 'ended' : 'lost';
    }
  }
  return count === batch ? 'ended' : 'lost';
}

/** What the server itself says has a status; a message has its place in the stream as its reply subject instead. */
function statusOf({ reply, headers }: Msg): number {
  return reply ? 0 : (headers?.code ?? 0);
}

function toStored(message: Msg): StoredMessage {
  const { subject, data, headers } = message;
  return { sequence: sequenceIn(message.reply ?? ''), subject, headers: toRecord(headers), body: data };
}

/**
 * `$JS.ACK.<stream>.<consumer>.<deliveries>.<sequence>.…`, from some servers with domain and account before the stream:
 * https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-15.md
 */
function sequenceIn(reply: string): number {
  const tokens = reply.split('.');
  return Number(tokens[tokens.length > 9 ? 7 : 5]);
}

function toRecord(headers: MsgHdrs | undefined): Record<string, string> {
  return Object.fromEntries([...(headers ?? [])].map(([name, values]) => [name, values.join(', ')]));
}
