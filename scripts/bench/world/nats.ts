import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { askApi, type Ask } from '../../../gateway/bus/nats-api.ts';
import { NATS_TIMINGS } from '../../../gateway/bus/nats-options.ts';
import { pullMessages } from '../../../gateway/bus/nats-read.ts';
import { newStreamConfig } from '../../../gateway/bus/nats-stream-config.ts';
import { subjectsFor } from '../../../shared/subjects.ts';
import { freePort } from './free-port.ts';
import { indexOf } from './message-ids.ts';
import { Process } from './processes.ts';

export const STREAM = 'INGRESS';
export const SUBJECTS = subjectsFor('');

/** A real server with an empty stream on the disk, as the gateway would make it. */
export class NatsWorld implements AsyncDisposable {
  readonly port: number;
  readonly #process: Process;
  readonly #directory: string;
  readonly #connection: NatsConnection;

  constructor(port: number, server: Process, directory: string, connection: NatsConnection) {
    this.port = port;
    this.#process = server;
    this.#directory = directory;
    this.#connection = connection;
  }

  async makeStream(): Promise<void> {
    const settings = { name: STREAM, maxAgeS: 604_800, replicas: 1 };
    const made = await askApi(this.#ask, `STREAM.CREATE.${STREAM}`, newStreamConfig(settings, SUBJECTS));
    if (made.kind !== 'ok') throw new Error(`no stream: ${JSON.stringify(made)}`);
  }

  /** How many messages are stored. */
  async stored(): Promise<number> {
    const info = await askApi<{ state: { messages: number } }>(this.#ask, `STREAM.INFO.${STREAM}`);
    return info.kind === 'ok' ? info.value.state.messages : 0;
  }

  /**
   * The numbers of all messages that are stored, in stored order.
   *
   * @throws when one is missing, stored twice, or none of ours
   */
  async readBack(count: number): Promise<readonly number[]> {
    const reading = {
      stream: STREAM,
      subject: SUBJECTS.ingress,
      from: 1,
      headersOnly: true,
      pullMs: 1000,
    };
    const indexes: number[] = [];
    for await (const message of pullMessages(this.#connection, this.#ask, reading)) {
      if (message === 'idle') break;
      indexes.push(indexOf((message.headers['Nats-Msg-Id'] ?? '').replace(/^tw:/, '')) ?? NaN);
      if (indexes.length === count) break;
    }
    const different = new Set(indexes).size;
    const last = indexes.reduce((greatest, index) => Math.max(greatest, index), -1);
    if (different === count && indexes.length === count && last === count - 1) return indexes;
    throw new Error(`of ${count} messages the stream holds ${different} (and ${indexes.length} in all)`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
    await this.#process.stop('SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true });
  }

  readonly #ask: Ask = async (subject, body) => {
    const reply = await this.#connection.request(subject, body, { timeout: NATS_TIMINGS.answerMs * 5 });
    return { kind: 'answered', status: 0, body: reply.string() };
  };
}

export async function startNats(): Promise<NatsWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-nats-'));
  const port = await freePort();
  const command = ['nats-server', '-a', '127.0.0.1', '-p', String(port), '-js', '-sd', directory];
  const server = new Process('nats-server', 'world', command);
  for (;;) {
    if (server.isOver) throw new Error(server.obituary());
    const servers = `127.0.0.1:${port}`;
    const connection = await connect({ servers, reconnect: false }).catch(() => setTimeout(20));
    if (!connection) continue;
    const nats = new NatsWorld(port, server, directory, connection);
    await nats.makeStream();
    return nats;
  }
}
