import { jetstreamManager } from '@nats-io/jetstream';
import { NatsServer } from './nats-server.ts';
import { poll } from './poll.ts';
import { freePort } from './ports.ts';

/** A stream without a leader does not answer at all. */
const ANSWER_MS = 500;

/** An election takes 4 to 12 s when the leader was killed or frozen, one when it was stopped; longer after several faults. */
const ELECTION_DEADLINE_MS = 60_000;

/** Starts `size` servers that form one JetStream cluster; resolves when each of them serves. */
export async function startNatsCluster(size: number): Promise<NatsCluster> {
  const routes: string[] = [];
  for (let n = 0; n < size; n++) routes.push(`127.0.0.1:${await freePort()}`);
  const servers = new Map<string, NatsServer>();
  for (const [index, route] of routes.entries()) {
    const name = `n${index + 1}`;
    servers.set(name, new NatsServer({ config: clusterConfig(name, route, routes) }, await freePort()));
  }
  const cluster = new NatsCluster(servers);
  try {
    await Promise.all([...servers.values()].map((server) => server.start()));
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
  return cluster;
}

export class NatsCluster implements AsyncDisposable {
  /** By server name: `n1`, `n2`, … Each is killed, frozen and started on its own. */
  readonly servers: ReadonlyMap<string, NatsServer>;

  constructor(servers: ReadonlyMap<string, NatsServer>) {
    this.servers = servers;
  }

  /** One of them. */
  server(name: string): NatsServer {
    const server = this.servers.get(name);
    if (!server) throw new Error(`No server ${name} in this cluster`);
    return server;
  }

  /** The servers' URLs, separated by commas. */
  get url(): string {
    return [...this.servers.values()].map(({ url }) => url).join(',');
  }

  /** The name of the server that leads the stream; waits for an election where there is none. */
  leaderOf(stream: string): Promise<string> {
    const ask = () => Promise.any([...this.servers.values()].map((server) => leaderSeenBy(server, stream)));
    return poll(ask, ELECTION_DEADLINE_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.servers.values()].map((server) => server[Symbol.asyncDispose]()));
  }
}

function clusterConfig(name: string, route: string, routes: readonly string[]): string {
  const others = routes.filter((other) => other !== route).map((other) => `nats://${other}`);
  return `server_name: ${name}\ncluster {\n  name: test\n  listen: "${route}"\n  routes: [${others.join(', ')}]\n}`;
}

/** The leader itself answers, through whichever server is asked. */
async function leaderSeenBy(server: NatsServer, stream: string): Promise<string> {
  const nc = await server.connect({ timeout: ANSWER_MS });
  try {
    const manager = await jetstreamManager(nc, { timeout: ANSWER_MS, checkAPI: false });
    const { cluster } = await manager.streams.info(stream);
    if (!cluster?.leader) throw new Error(`${stream} has no leader`);
    return cluster.leader;
  } finally {
    await nc.close();
  }
}
