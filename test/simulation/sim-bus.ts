import type { Bus, BusEvents, BusMemory, BusMessage, Look, Outcome, Refusal } from '../../gateway/bus/bus.ts';
import { outcomeOf, publishDenied, type WireAnswer } from '../../gateway/bus/nats-failures.ts';
import { wireHeaders } from '../../gateway/bus/nats-message.ts';
import type { Degradation } from '../../gateway/degradation.ts';
import { MAX_PAYLOAD } from './chat-line.ts';
import type { DeliveryWatch } from './delivery-watch.ts';
import type { Journal } from './journal.ts';
import { inOrder } from './pipe.ts';
import type { SimClock } from './sim-clock.ts';
import { STREAM, type SimServer } from './sim-server.ts';
import type { Arrived } from './stream.ts';

/** How long the ack of a message sent by itself may take. */
const SEND_MS = 5_000;
/** So many messages of the stream are read at once. */
const PART = 20;

export type SimBusOptions = {
  readonly clock: SimClock;
  readonly journal: Journal;
  readonly server: SimServer;
  readonly watch: DeliveryWatch;
  readonly latency: () => number;
  readonly mayRead: boolean;
  /** What it takes to read one message of the stream. */
  readonly readingMs: number;
  /** Runs a task in the process after `ms`, if it still lives then. */
  readonly later: (ms: number, task: () => void) => void;
  /** Called wherever the process acts on the world; false: it is dead. */
  readonly effect: () => boolean;
};

/** One connection to the server. */
type Link = {
  isUp: boolean;
  readonly send: (arrive: () => void) => void;
  readonly receive: (arrive: () => void) => void;
};

/** A bus on the simulated server: a NATS client, as the production one is. */
export class SimBus implements Bus, BusMemory {
  readonly driver = 'nats';
  readonly #options: SimBusOptions;
  readonly #events: BusEvents;
  #link: Link | undefined;
  #stream = '';
  #isOpen = false;
  #isRefusing = false;

  constructor(options: SimBusOptions, events: BusEvents) {
    this.#options = options;
    this.#events = events;
    options.later(0, () => {
      this.#isOpen = true;
      events.onState('connecting', null);
      options.later(options.latency(), () => this.connect());
    });
  }

  get memory(): BusMemory {
    return this;
  }

  get windowMs(): number {
    return this.#options.server.stream.windowMs;
  }

  connect(): void {
    if (!this.#isOpen || this.#link || this.#options.server.mood === 'down') return;
    const { clock, latency } = this.#options;
    this.#link = {
      isUp: true,
      send: inOrder(clock, 'outside', latency),
      receive: inOrder(clock, 'arrive', latency),
    };
    this.lookAtStream();
    this.#isRefusing = false;
    this.#events.onState('up', null);
  }

  disconnect(): void {
    if (!this.#link) return;
    this.#link.isUp = false;
    this.#link = undefined;
    this.#options.watch.unlinked();
    this.#events.onState('down', 'the link was lost');
  }

  lookAtStream(): void {
    const { id, last } = this.#options.server.stream;
    if (!this.#link || id === this.#stream) return;
    this.#stream = id;
    this.#events.onStream(id, last);
  }

  publish(token: number, message: BusMessage): void {
    const { journal, watch, effect, later } = this.#options;
    if (!effect()) return;
    const { messageId } = message;
    journal.note(`publish ${messageId}`);
    journal.check(this.#link !== undefined, () => `${messageId} was published without a link`);
    watch.published(messageId);
    const headers = wireHeaders(message, MAX_PAYLOAD);
    if (!(headers instanceof Uint8Array)) return later(0, () => this.#tell(token, messageId, headers, false));
    this.#ask(onTheWire(message, messageId, headers), (outcome, isTrue) =>
      this.#tell(token, messageId, outcome, isTrue),
    );
  }

  send(message: BusMessage): Promise<Outcome> {
    const { effect, later } = this.#options;
    if (!this.#link || !effect()) return Promise.resolve({ kind: 'ambiguous', error: 'not connected' });
    const headers = wireHeaders(message, MAX_PAYLOAD);
    if (!(headers instanceof Uint8Array)) return Promise.resolve(headers);
    return new Promise((resolve) => {
      this.#ask(onTheWire(message, message.messageId, headers), resolve);
      later(SEND_MS, () => resolve({ kind: 'ambiguous', error: 'no answer' }));
    });
  }

  find(messageIds: ReadonlySet<string>, after: number): Promise<Look | 'denied'> {
    const { server, journal, watch, later, latency, mayRead, readingMs } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<Look | 'denied'>();
    const stream = this.#stream;
    const { last } = server.stream;
    const upTo = Math.min(last, after + PART);
    later(2 * latency() + readingMs * Math.max(0, upTo - after), () => {
      journal.count('bus: looked for what it holds');
      this.lookAtStream();
      watch.looked();
      if (!this.#link || ['stalled', 'down', 'missing'].includes(server.mood) || stream !== this.#stream)
        return reject(new Error('the stream cannot be read now'));
      if (!mayRead) return resolve('denied');
      const found = server.stream.find(messageIds, after, upTo);
      if (found.size > 0) journal.count('bus: found what was not acked');
      if (upTo < last) journal.count('bus: read a part of what it holds');
      journal.note(`found ${[...found.keys()].join(' ')} up to ${upTo} of ${last}`);
      for (const id of found.keys()) watch.told(id, 1);
      resolve({ found, upTo, isEnd: upTo >= last });
    });
    return promise;
  }

  degraded(): readonly Degradation[] {
    return [];
  }

  close(deadlineMs: number): Promise<void> {
    const { latency, later } = this.#options;
    return new Promise((resolve) => {
      later(Math.min(deadlineMs, latency() + latency()), () => {
        if (this.#link) this.#link.isUp = false;
        this.#link = undefined;
        resolve();
      });
    });
  }

  #ask(message: Arrived, told: (outcome: Outcome, isTrue: boolean) => void): void {
    const link = this.#link;
    const { clock, server, later } = this.#options;
    const answered = (task: () => void): void => later(0, () => link?.isUp && task());
    link?.send(() =>
      server.take(message, {
        answer: (wire: WireAnswer, isTrue, delayMs) =>
          clock.outside(delayMs, () =>
            link.receive(() => answered(() => told(outcomeOf(wire, STREAM), isTrue))),
          ),
        deny: () => link.receive(() => answered(() => this.#denied(message.subject))),
      }),
    );
  }

  #tell(token: number, id: string, outcome: Outcome, isTrue: boolean): void {
    const { journal, watch } = this.#options;
    journal.note(`${id}: ${outcome.kind}`);
    if (isTrue) watch.told(id, outcome.kind === 'stored' && outcome.duplicate ? 2 : 1);
    if (outcome.kind === 'rejected' || outcome.kind === 'unknown') watch.rejected(id);
    if (outcome.kind === 'refused') this.#refused(outcome);
    if (outcome.kind === 'stored' && this.#isRefusing) {
      this.#isRefusing = false;
      this.#events.onState('up', null);
    }
    this.#events.onOutcome(token, outcome);
  }

  #denied(subject: string): void {
    const refusal = publishDenied(subject);
    this.#refused(refusal);
    this.#events.onRefused(refusal);
  }

  #refused({ error }: Refusal): void {
    this.#isRefusing = true;
    this.#events.onState('refusing', error);
  }
}

/** The server knows of a message what its headers say. */
function onTheWire({ subject, body }: BusMessage, name: string, headers: Uint8Array): Arrived {
  const id = /^Nats-Msg-Id: (.*)\r$/m.exec(Buffer.from(headers).toString('latin1'))?.[1] ?? '';
  return { name, id, subject, body };
}
