import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BusMessage, BusState } from '../../../gateway/bus/bus.ts';
import { deadLettersIn, deadLettersPath, openDeadLetters } from '../../../gateway/publish/dead-letters.ts';
import type { Rejection } from '../../../gateway/publish/queue-options.ts';
import type { Log } from '../../../gateway/store/log.ts';
import { openLogReader, type LogEntry } from '../../../gateway/store/log-reader.ts';
import { UNHEARD } from '../../fakes/bus-events.ts';
import { FakeBus } from '../../fakes/fake-bus.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

export const DEAD_LETTERS = 'internal.deadletter.v1';

/** The dead letters of a directory or a log, with a bus that obeys the test; `told` is what the log would say. */
export function startDeadLetters(store: string | Log) {
  const clock = new VirtualClock();
  const bus = new FakeBus(clock, 'by hand');
  const told: string[] = [];
  const kept: boolean[] = [];
  /** Ids in the order sent, repeats included. */
  const sent: string[] = [];
  const options: Parameters<typeof deadLettersIn>[1] = {
    subject: DEAD_LETTERS,
    clock,
    random: () => 0.5,
    send: (message) => {
      sent.push(message.messageId);
      return bus.send(message);
    },
    events: {
      kept: ({ queued }) => told.push(`kept ${queued.message.messageId}`),
      notKept: (error) => told.push(`not kept: ${String(error)}`),
      retrying: (error, retryInMs) => told.push(`retrying in ${retryInMs}: ${error}`),
      staysLocal: (messageId, error) => told.push(`${messageId} stays: ${error}`),
    },
  };
  const letters =
    typeof store === 'string'
      ? openDeadLetters({ ...options, dataDir: store })
      : deadLettersIn(store, options);
  bus.open(UNHEARD);
  const link = async (state: BusState): Promise<void> => {
    bus.link(state);
    letters.busState(state);
    await nextTurn();
  };
  const keep = async (...rejections: readonly Rejection[]): Promise<void> => {
    for (const rejection of rejections) letters.keep(rejection, (isKept) => kept.push(isKept));
    await pass(10);
  };
  /** Lets time go by, and what it causes happen. */
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await nextTurn();
  };
  return { letters, bus, clock, told, kept, sent, link, keep, pass };
}

/** A message that was refused; its envelope is the smallest that can be redriven. */
export function rejectionOf(id: string, about: Partial<Omit<Rejection, 'queued'>> = {}): Rejection {
  const body = Buffer.from(envelopeOf(id));
  const headers = { 'Nats-Msg-Id': `tw:${id}`, type: 'external.chat.message.v1', correlationId: id };
  const message = { messageId: `tw:${id}`, subject: 'internal.ingress.v1', headers, body };
  const queued = { message, channel: 'ch', bytes: body.byteLength, saidAt: undefined };
  return { queued, reason: 'max_payload', error: 'too "large"', attempts: 2, ...about };
}

/** As no JSON.stringify writes it, so that a copy that is not verbatim shows. */
export function envelopeOf(id: string, text = 'hi 👋'): string {
  const names = `"v":"1", "id":"${id}","correlationId":"${id}","traceId":"trace-${id}"`;
  const who = '"source":{"channel":"ch"},"user":{"name":"ann"}';
  return `{ ${names},"type":"external.chat.message.v1",${who},"payload":{"text":"${text} \\u00e9"}}`;
}

/** What is in the local store now. */
export function localLetters(dataDir: string): LogEntry[] {
  const reader = openLogReader(deadLettersPath(dataDir));
  const entries = reader?.read({ after: 0, limit: 100_000, subject: undefined }) ?? [];
  reader?.close();
  return entries;
}

export function jsonOf({ body }: Pick<BusMessage, 'body'>): Record<string, unknown> {
  return JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>;
}
