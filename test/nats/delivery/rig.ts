import assert from 'node:assert/strict';
import type { NatsTimings } from '../../../gateway/bus/nats-options.ts';
import type { Random } from '../../../gateway/clock.ts';
import type { Environment } from '../../../gateway/config.ts';
import { startChatServer, type ChatServer } from '../../../scripts/stand-in/chat-server.ts';
import { seededRandom } from '../../../scripts/stand-in/seeded-random.ts';
import { startNatsServer, type NatsServer, type NatsServerOptions } from '../../fakes/nats-server.ts';
import type { SentMessage } from '../../fakes/stream-audit.ts';
import { startTcpProxy, type TcpProxy } from '../../fakes/tcp-proxy.ts';
import type { TestGateway } from '../../integration/running-gateway.ts';
import { readCounters } from './counters.ts';
import { LedgerWatch } from './ledger-watch.ts';
import { drained, runOnNats, type NatsGatewayOptions } from './nats-gateway.ts';
import { readStored } from './stream-admin.ts';
import { CHANNELS, Talk } from './talk.ts';
import { tally, type Tally } from './tally.ts';

/** People who talk, and a gateway that reads them. */
export type Stage = AsyncDisposable & {
  readonly random: Random;
  readonly chat: ChatServer;
  readonly talk: Talk;
  readonly running: TestGateway;
  readonly watch: LedgerWatch;
};

/** Before a bus behind a network that can be made bad. */
export type Rig = Stage & { readonly server: NatsServer; readonly proxy: TcpProxy };

export type RigOptions = {
  readonly seed: number;
  readonly server?: NatsServerOptions;
  /** `user:password@`, where the server asks for them. */
  readonly login?: string;
  readonly env?: Environment;
  readonly timings?: Partial<NatsTimings>;
  /** Before the gateway is there. */
  readonly prepare?: (server: NatsServer, proxy: TcpProxy) => Promise<void>;
};

/** Starts everything; resolves when all channels are joined, whatever the bus does. */
export async function startRig(options: RigOptions): Promise<Rig> {
  const { seed, login = '', env = {}, timings = {}, prepare } = options;
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await startNatsServer(options.server));
  const proxy = undo.use(await startTcpProxy(server.port));
  await prepare?.(server, proxy);
  const natsUrl = `nats://${login}127.0.0.1:${proxy.port}`;
  const stage = undo.use(await startStage(seed, { natsUrl, env, timings, replicas: 1 }));
  const everything = undo.move();
  return { ...stage, server, proxy, [Symbol.asyncDispose]: () => everything.disposeAsync() };
}

/** Starts the gateway and the chat; resolves when all channels are joined. */
export async function startStage(seed: number, options: Omit<NatsGatewayOptions, 'chatUrl'>): Promise<Stage> {
  await using undo = new AsyncDisposableStack();
  const random = seededRandom(seed);
  const chat = undo.use(await startChatServer());
  const running = undo.use(await runOnNats({ ...options, chatUrl: chat.url }));
  const watch = undo.use(new LedgerWatch(running.gateway));
  await Promise.all(CHANNELS.map((channel) => chat.joined(channel)));
  const talk = undo.use(new Talk(chat, random));
  const everything = undo.move();
  return { random, chat, talk, running, watch, [Symbol.asyncDispose]: () => everything.disposeAsync() };
}

/** Resolves when every line said so far was read. */
export async function allRead(chat: ChatServer): Promise<void> {
  await Promise.all(chat.registered.map((session) => session.roundTrip()));
}

/** Ends the talk; resolves when everything said was read and settled. */
export async function quiet({ talk, chat, running, watch }: Stage): Promise<void> {
  talk.end();
  await allRead(chat);
  await drained(running);
  watch.assertBalanced();
}

/**
 * Ends the talk, waits until everything is settled, and compares what was said and what the gateway counted with what
 * is in the stream.
 *
 * @param isRequired whether a message has to be stored
 */
export async function judge(
  rig: Stage & Pick<Rig, 'server'>,
  { rounds, worstRecoveryMs }: Pick<Tally, 'rounds' | 'worstRecoveryMs'>,
  isRequired: (message: SentMessage) => boolean = () => true,
): Promise<Tally> {
  await quiet(rig);
  const { talk, running, server } = rig;
  const stored = await readStored(server);
  const counters = await readCounters(running.gateway.port);
  const ours = counters('messages_published_total');
  const others = counters('messages_duplicates_total', 'where="bus"');
  assert.equal(counters('messages_received_total'), talk.linesSaid, 'received is what was said');
  assert.equal(counters('messages_dropped_total'), 0, 'dropped');
  const reordered = counters('reordered_total');
  const miscounted = ours + others - stored.length;
  return tally(stored, talk.said, talk.said.filter(isRequired), {
    rounds,
    reordered,
    miscounted,
    worstRecoveryMs,
  });
}
