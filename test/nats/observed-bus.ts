import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { jetstreamManager, type JetStreamManager, type StreamConfig } from '@nats-io/jetstream';
import type { Bus, BusState, Outcome, Refusal } from '../../gateway/bus/bus.ts';
import { openNatsBus } from '../../gateway/bus/nats-bus.ts';
import type { NatsTimings, StreamSettings } from '../../gateway/bus/nats-options.ts';
import { parseNatsUrls } from '../../gateway/bus/nats-url.ts';
import { systemClock } from '../../gateway/clock.ts';
import { Changes } from '../../scripts/stand-in/changes.ts';
import { subjectsFor } from '../../shared/subjects.ts';
import type { NatsServer } from '../fakes/nats-server.ts';

export const SUBJECTS = subjectsFor('');

/** Short, so that a test sees in milliseconds what takes seconds in production. */
const TIMINGS: NatsTimings = {
  connectTimeoutMs: 500,
  reconnectBaseMs: 10,
  reconnectMaxMs: 50,
  pingIntervalMs: 200,
  lookIntervalMs: 100,
  answerMs: 400,
  sendMs: 400,
};

export type BusOptions = {
  readonly url: string;
  readonly stream?: Partial<StreamSettings>;
  readonly credsFile?: string;
  readonly timings?: Partial<NatsTimings>;
};

type Said = { readonly state: BusState; readonly error: string | null };

/** A bus of ours on a real server, with a memory of everything it said. */
export class ObservedBus implements AsyncDisposable {
  readonly bus: Bus;
  readonly said: Said[] = [];
  readonly outcomes: { readonly token: number; readonly outcome: Outcome }[] = [];
  readonly refusals: Refusal[] = [];
  readonly streams: string[] = [];
  readonly warnings: string[] = [];
  readonly #changes = new Changes();

  constructor({ url, stream, credsFile, timings }: BusOptions) {
    const reading = parseNatsUrls(url);
    assert.ok(reading.ok, JSON.stringify(reading));
    const open = openNatsBus({
      servers: { address: reading.address, credsFile },
      stream: { name: 'INGRESS', maxAgeS: 604_800, replicas: 1, ...stream },
      subjects: SUBJECTS,
      clock: systemClock,
      random: Math.random,
      onWarning: (sentence) => this.#heard(this.warnings, sentence),
      timings: { ...TIMINGS, ...timings },
    });
    this.bus = open({
      onOutcome: (token, outcome) => this.#heard(this.outcomes, { token, outcome }),
      onRefused: (refusal) => this.#heard(this.refusals, refusal),
      onState: (state, error) => this.#heard(this.said, { state, error }),
      onStream: (id) => this.#heard(this.streams, id),
    });
  }

  get state(): BusState | undefined {
    return this.said.at(-1)?.state;
  }

  get error(): string {
    return this.said.at(-1)?.error ?? '';
  }

  get codes(): string[] {
    return this.bus.degraded().map(({ code }) => code);
  }

  until<T>(what: string, look: () => T | undefined | false): Promise<T> {
    return this.#changes.until(`${what} (now ${this.state}: ${this.error})`, look);
  }

  /** Now, or when it says so. */
  async becomes(state: BusState, error = /^/): Promise<void> {
    await this.until(`${state} ${error}`, () => this.state === state && error.test(this.error));
  }

  publish(token: number, options: { id?: string; subject?: string; body?: string | Uint8Array } = {}): void {
    this.bus.publish(token, message({ id: `tw:${token}`, ...options }));
  }

  /** What became of it: the `count`th answer to that token. */
  outcome(token: number, count = 1): Promise<Outcome> {
    const ofToken = () => this.outcomes.filter((one) => one.token === token)[count - 1];
    return this.until(`answer ${count} for ${token}`, () => ofToken()?.outcome);
  }

  /** Publishes and waits for the answer. */
  async ask(token: number, options: Parameters<ObservedBus['publish']>[1] = {}): Promise<Outcome> {
    const count = this.outcomes.filter((one) => one.token === token).length;
    this.publish(token, options);
    return this.outcome(token, count + 1);
  }

  /** Publishes again and again until it is stored: what is denied gets no answer. */
  async persist(token: number): Promise<void> {
    const isStored = () => this.outcomes.some((one) => one.token === token && one.outcome.kind === 'stored');
    while (!isStored()) {
      this.publish(token);
      await delay(20);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bus.close(200);
  }

  #heard<T>(list: T[], what: T): void {
    list.push(what);
    this.#changes.changed();
  }
}

export function message({
  id = 'tw:1',
  subject = SUBJECTS.ingress,
  body = '{}',
}: { id?: string; subject?: string; body?: string | Uint8Array } = {}) {
  const headers = { 'Nats-Msg-Id': id, 'content-type': 'application/json', type: 'test' };
  return { messageId: id, subject, headers, body: Buffer.from(body) };
}

/** Does something to the server with every right. */
export async function manage<T>(
  server: NatsServer,
  work: (manager: JetStreamManager) => Promise<T>,
): Promise<T> {
  const nc = await server.connect();
  try {
    return await work(await jetstreamManager(nc, { timeout: 10_000 }));
  } finally {
    await nc.close();
  }
}

/** As we would make it, but for what is said. */
export async function addStream(server: NatsServer, config: Partial<StreamConfig> = {}): Promise<void> {
  const subjects = [SUBJECTS.ingress, SUBJECTS.deadLetter];
  const ours = { name: 'INGRESS', subjects, max_age: 604_800e9 };
  await manage(server, (manager) => manager.streams.add({ ...ours, ...config }));
}

export const purge = (server: NatsServer) => manage(server, (manager) => manager.streams.purge('INGRESS'));
