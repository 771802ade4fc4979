import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { NatsProcess } from './nats-process.ts';
import { poll } from './poll.ts';
import { freePort } from './ports.ts';

const ANSWER_MS = 1000;

export type NatsServerOptions = {
  /** A free one when absent; kept over restarts. */
  readonly port?: number;
  /** Where JetStream stores; when absent a temporary directory, removed with the server. */
  readonly storeDir?: string;
  /** What stands in the `jetstream` block beside the directory, e.g. `max_file_store: 10MB`; false: no JetStream. */
  readonly jetstream?: string | false;
  /** More configuration, as text. */
  readonly config?: string;
  /** Who may do everything, where the configuration asks for credentials. */
  readonly admin?: Pick<NodeConnectionOptions, 'user' | 'pass' | 'token' | 'tls'>;
};

/** Starts a real `nats-server` on 127.0.0.1; resolves when it serves, JetStream included. */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const server = new NatsServer(options, options.port ?? (await freePort()));
  try {
    await server.start();
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return server;
}

/** A `nats-server` with many lives: port, store and configuration stay, the process comes and goes. */
export class NatsServer implements AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly #directory = mkdtempSync(join(tmpdir(), 'nats-server-'));
  readonly #options: NatsServerOptions;
  #config: string;
  #process: NatsProcess | undefined;

  constructor(options: NatsServerOptions, port: number) {
    this.#options = options;
    this.#config = options.config ?? '';
    this.port = port;
    this.url = `nats://127.0.0.1:${port}`;
  }

  /**
   * Starts the process, again after `kill` or `stop`; resolves when it serves.
   *
   * @throws Error with the server's own words when it does not come up
   */
  async start(): Promise<void> {
    if (this.#process && this.#process.end === undefined) throw new Error('nats-server is running already');
    this.#writeConfig();
    this.#process = new NatsProcess(['-c', this.#configFile]);
    await this.#process.says(/Server is ready/);
    await poll(() => this.#serves());
  }

  /** A connection with every right, which does not reconnect by itself. */
  connect(options: NodeConnectionOptions = {}): Promise<NatsConnection> {
    return connect({
      servers: `127.0.0.1:${this.port}`,
      reconnect: false,
      ...this.#options.admin,
      ...options,
    });
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.#process?.signal('SIGKILL');
  }

  /** SIGTERM: the server says goodbye; resolves when the process is gone. */
  async stop(): Promise<void> {
    await this.#process?.signal('SIGTERM');
  }

  /** SIGSTOP: connections stay, the kernel goes on accepting new ones, nobody answers. Resolves when it has stopped. */
  async freeze(): Promise<void> {
    await this.#process?.freeze();
  }

  /** SIGCONT. */
  thaw(): void {
    this.#process?.thaw();
  }

  /**
   * Replaces the `config` given at the start and has the running server read it; resolves when it is in force.
   *
   * @throws Error with the server's reason when it refuses the new configuration
   */
  async reload(config: string): Promise<void> {
    this.#config = config;
    this.#writeConfig();
    const process = this.#process;
    if (!process) throw new Error('nats-server is not running');
    const from = process.logged;
    process.reload();
    const said = await process.says(/Reloaded server configuration|Failed to reload/, from);
    if (said.includes('Failed to reload')) throw new Error(said);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  get #configFile(): string {
    return join(this.#directory, 'server.conf');
  }

  #writeConfig(): void {
    const { jetstream = '', storeDir = join(this.#directory, 'store') } = this.#options;
    const store = `jetstream {\n  store_dir: ${JSON.stringify(storeDir)}\n  ${jetstream}\n}`;
    const parts = [`listen: "127.0.0.1:${this.port}"`, jetstream === false ? '' : store, this.#config];
    writeFileSync(this.#configFile, parts.join('\n'));
  }

  /** A server of a cluster listens long before JetStream has found its leader: only an answer counts. */
  async #serves(): Promise<void> {
    const nc = await this.connect({ timeout: ANSWER_MS });
    try {
      if (this.#options.jetstream === false) return;
      const answer = await nc.request('$JS.API.INFO', '', { timeout: ANSWER_MS });
      const { error } = answer.json<{ error?: unknown }>();
      if (error !== undefined) throw new Error(JSON.stringify(error));
    } finally {
      await nc.close();
    }
  }
}
