import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Random } from '../../gateway/clock.ts';
import { freePort } from './ports.ts';
import { TcpPipe, type Conditions, type Flow } from './tcp-pipe.ts';

export type Direction = 'to_server' | 'to_client';

type Connection = { readonly sockets: readonly Socket[]; readonly pipes: readonly TcpPipe[] };

const GOOD: Conditions = { delayMs: () => 0, sliceSize: () => Infinity, bytesPerSecond: Infinity };
const OPEN: Readonly<Record<Direction, Flow>> = { to_server: 'pass', to_client: 'pass' };

/** Starts a proxy on 127.0.0.1 before `targetPort`: a good network, until it is told otherwise. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const proxy = new TcpProxy(await freePort(), targetPort);
  await proxy.heal();
  return proxy;
}

/**
 * A network that can be made bad. What is said holds for every connection, present and to come, until `heal`; different
 * troubles add up. Where the target refuses a connection, the client sees one that is reset.
 */
export class TcpProxy implements AsyncDisposable {
  readonly port: number;
  readonly #targetPort: number;
  readonly #connections = new Set<Connection>();
  #conditions = GOOD;
  #flow = OPEN;
  /** Absent while new connections are refused. */
  #listener: Server | undefined;

  constructor(port: number, targetPort: number) {
    this.port = port;
    this.#targetPort = targetPort;
  }

  /** How many connections there are. */
  get size(): number {
    return this.#connections.size;
  }

  /** How many of them a black hole has taken something from. */
  get lossy(): number {
    return [...this.#connections].filter(isLossy).length;
  }

  /** RST to both sides of every connection; new ones are refused. */
  cut(): void {
    this.#listener?.close();
    this.#listener = undefined;
    this.cutExisting();
  }

  /** RST to both sides of every connection; new ones are welcome. */
  cutExisting(): void {
    for (const connection of this.#connections) reset(connection);
  }

  /** Bytes, FIN and RST are swallowed while connections stay. A connection that lost any is reset by `heal`. */
  blackHole(direction: Direction | 'both'): void {
    this.#setFlow(direction, 'swallow');
  }

  /** Nothing arrives and nothing is lost: `heal` delivers it. */
  hold(direction: Direction | 'both'): void {
    this.#setFlow(direction, 'hold');
  }

  /** Each piece is on its way for `ms` ± `jitterMs`; none overtakes another. */
  delay(ms: number, jitterMs: number, random: Random): void {
    const delayMs = () => Math.max(0, ms + (2 * random() - 1) * jitterMs);
    this.#conditions = { ...this.#conditions, delayMs };
  }

  /** Everything arrives in pieces of 1 to `maxBytes` bytes. */
  slice(maxBytes: number, random: Random): void {
    this.#conditions = { ...this.#conditions, sliceSize: () => 1 + Math.floor(random() * maxBytes) };
  }

  /** So much each way, for each connection. */
  throttle(bytesPerSecond: number): void {
    this.#conditions = { ...this.#conditions, bytesPerSecond };
  }

  /** A good network again; resolves when it listens. What was late arrives now, what was held as well. */
  async heal(): Promise<void> {
    this.#conditions = GOOD;
    this.#flow = OPEN;
    for (const connection of this.#connections) {
      if (isLossy(connection)) reset(connection);
      else for (const pipe of connection.pipes) pipe.release();
    }
    await this.#listen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
  }

  #setFlow(direction: Direction | 'both', flow: Flow): void {
    this.#flow =
      direction === 'both' ? { to_server: flow, to_client: flow } : { ...this.#flow, [direction]: flow };
  }

  async #listen(): Promise<void> {
    if (this.#listener) return;
    const options = { allowHalfOpen: true, noDelay: true };
    this.#listener = createServer(options, (client) => this.#join(client));
    await once(this.#listener.listen(this.port, '127.0.0.1'), 'listening');
  }

  #join(client: Socket): void {
    const server = connect({ port: this.#targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const pipe = (from: Socket, to: Socket, direction: Direction) => {
      const flow = () => this.#flow[direction];
      return new TcpPipe(from, to, flow, () => this.#conditions);
    };
    const pipes = [pipe(client, server, 'to_server'), pipe(server, client, 'to_client')];
    const connection: Connection = { sockets: [client, server], pipes };
    const forget = () => client.closed && server.closed && this.#connections.delete(connection);
    this.#connections.add(connection);
    client.once('close', forget);
    server.once('close', forget);
  }
}

function isLossy({ pipes }: Connection): boolean {
  return pipes.some((pipe) => pipe.isLossy);
}

function reset({ sockets, pipes }: Connection): void {
  for (const pipe of pipes) pipe.stop();
  for (const socket of sockets) socket.resetAndDestroy();
}
