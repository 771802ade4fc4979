import type { ChatLine } from '../../shared/envelope.ts';
import type { Clock, Random } from '../clock.ts';
import type { Degradation } from '../degradation.ts';
import type { ChatStatus } from '../status.ts';
import type { ChatEvents } from './chat-events.ts';
import { Connection, type ConnectionEvents } from './connection.ts';
import { degradations } from './degradations.ts';
import type { Ending } from './endings.ts';
import { JoinPacer } from './join-pacer.ts';
import { NEXT_MOVE } from './next-move.ts';
import { afterRefusal, chooseReader, type Reader } from './reader.ts';
import { ReconnectPace } from './reconnect-pace.ts';
import type { Refusal } from './refusals.ts';
import { channelOf } from './registered.ts';
import type { OpenSocket } from './socket.ts';
import { WantedChannel } from './wanted-channel.ts';

export type SupervisorOptions = {
  readonly url: string;
  /** Logins, each once. */
  readonly channels: readonly string[];
  /** Undefined: anonymous reading is wanted. */
  readonly login: string | undefined;
  /** With or without `oauth:`. */
  readonly token: string | undefined;
  readonly idlePingMs: number;
  readonly pongTimeoutMs: number;
  readonly reconnectInitialMs: number;
  readonly reconnectMaxMs: number;
  /** JOINs that the account may send in any 10 s. */
  readonly joinLimit: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly openSocket: OpenSocket;
  /** Every line of chat, in the order received, inside the socket's event: it must be quick and must not throw. */
  readonly onChatLine: (line: ChatLine) => void;
  readonly events: ChatEvents;
};

export type Supervisor = {
  status(): ChatStatus;
  degraded(): Degradation[];
  /** Leaves chat; what is on its way is still read. Settles within about a second. */
  stop(): Promise<void>;
};

/** Keeps the channels read from now on, whatever happens to a connection, until it is stopped. */
export function startSupervisor(options: SupervisorOptions): Supervisor {
  return new ChatSupervisor(options);
}

type Link =
  | { readonly phase: 'connecting'; readonly connection: Connection }
  | { readonly phase: 'registered'; readonly connection: Connection; readonly since: number }
  | { readonly phase: 'waiting'; cancel(): void }
  | { readonly phase: 'stopping' };

class ChatSupervisor implements Supervisor {
  readonly #options: SupervisorOptions;
  readonly #channels: ReadonlyMap<string, WantedChannel>;
  readonly #joins: JoinPacer;
  readonly #pace: ReconnectPace;
  readonly #stopped = Promise.withResolvers<void>();
  #reader: Reader;
  #link: Link;
  #registrations = 0;
  #lastMessageAt: number | null = null;
  #lastReconnectAt: number | null = null;
  #lastError: string | null = null;

  constructor(options: SupervisorOptions) {
    const { channels, clock } = options;
    this.#options = options;
    this.#channels = new Map(channels.map((name) => [name, new WantedChannel(name, clock)]));
    this.#joins = new JoinPacer([...this.#channels.values()], options.joinLimit, clock);
    this.#pace = new ReconnectPace(options.reconnectInitialMs, options.reconnectMaxMs, options.random);
    this.#reader = chooseReader(options.login, options.token);
    this.#link = this.#open();
  }

  status(): ChatStatus {
    const channels = [...this.#channels.values()].map((channel) => channel.status());
    return {
      state: this.#state(),
      identity: this.#identity(),
      connections: { needed: 1, registered: this.#link.phase === 'registered' ? 1 : 0 },
      channels: channels.sort((a, b) => (a.channel < b.channel ? -1 : 1)),
      lastMessageAt: this.#lastMessageAt,
      lastReconnectAt: this.#lastReconnectAt,
      reconnects: Math.max(0, this.#registrations - 1),
      lastError: this.#lastError,
    };
  }

  degraded(): Degradation[] {
    const { channels } = this.status();
    const isRegistered = this.#link.phase === 'registered';
    return degradations(this.#reader.complaint, isRegistered, this.#lastError, channels);
  }

  stop(): Promise<void> {
    const link = this.#link;
    if (link.phase === 'stopping') return this.#stopped.promise;
    this.#link = { phase: 'stopping' };
    this.#joins.stop();
    if (link.phase !== 'waiting') link.connection.leave();
    else {
      link.cancel();
      this.#rest();
    }
    return this.#stopped.promise;
  }

  #open(): Link {
    const { url, idlePingMs, pongTimeoutMs, clock, random, openSocket, events } = this.#options;
    events.connectionOpened(this.#identity());
    const identity = this.#reader.identity(random);
    const handlers = this.#handlers();
    const connection = new Connection({
      url,
      identity,
      idlePingMs,
      pongTimeoutMs,
      clock,
      openSocket,
      events: handlers,
    });
    return { phase: 'connecting', connection };
  }

  #handlers(): ConnectionEvents {
    const { events, onChatLine } = this.#options;
    return {
      onRegistered: () => this.#onRegistered(),
      onJoined: (channel) => this.#onJoined(channel),
      onRefused: (channel, refusal) => this.#onRefused(channel, refusal),
      onChatLine: (line) => {
        this.#noteMessage(line);
        onChatLine(line);
      },
      onIgnored: (reason) => events.lineIgnored(reason),
      onRoundTrip: (ms) => events.roundTrip(ms),
      onEnded: (ending, detail, readUntil) => this.#onEnded(ending, detail, readUntil),
    };
  }

  #onRegistered(): void {
    const { clock, events } = this.#options;
    if (this.#link.phase !== 'connecting') return;
    const { connection } = this.#link;
    this.#link = { phase: 'registered', connection, since: clock.now() };
    this.#registrations += 1;
    if (this.#registrations > 1) this.#lastReconnectAt = clock.date();
    events.connectionRegistered(this.#identity());
    this.#joins.start((channels) => connection.join(channels));
  }

  #onJoined(name: string): void {
    const { events } = this.#options;
    const gap = this.#channels.get(name)?.joined();
    events.channelJoined(name);
    if (gap) events.gapClosed(name, gap);
  }

  #onRefused(name: string, refusal: Refusal): void {
    const retryInMs = this.#channels.get(name)?.refused(refusal) ?? Infinity;
    this.#options.events.channelRefused(name, refusal, retryInMs);
    this.#joins.resume();
  }

  #noteMessage({ message, receivedAt }: ChatLine): void {
    this.#lastMessageAt = receivedAt;
    const channel = this.#channels.get(channelOf(message.params[0]));
    if (channel) channel.lastMessageAt = receivedAt;
  }

  #onEnded(ending: Ending, detail: string, readUntil: number): void {
    this.#joins.stop();
    if (this.#link.phase === 'stopping') {
      this.#options.events.connectionEnded(ending, detail, null);
      return this.#rest();
    }
    this.#lastError = `${ending}: ${detail}`;
    for (const channel of this.#channels.values()) channel.lost(ending, readUntil);
    if (NEXT_MOVE[ending] === 'retry_anonymously') this.#giveUpLogin(detail);
    this.#options.events.connectionEnded(ending, detail, this.#retry());
  }

  #giveUpLogin(words: string): void {
    if (this.#reader.account !== undefined) this.#options.events.loginRefused(this.#reader.account, words);
    this.#reader = afterRefusal(this.#reader, words);
  }

  /** @returns milliseconds until then */
  #retry(): number {
    const { clock } = this.#options;
    const upMs = this.#link.phase === 'registered' ? clock.now() - this.#link.since : 0;
    const retryInMs = this.#pace.nextMs(upMs);
    const cancel = clock.after(retryInMs, () => (this.#link = this.#open()));
    this.#link = { phase: 'waiting', cancel };
    return retryInMs;
  }

  #rest(): void {
    for (const channel of this.#channels.values()) channel.parted();
    this.#stopped.resolve();
  }

  #identity(): string {
    return this.#reader.account ?? 'anonymous';
  }

  #state(): ChatStatus['state'] {
    if (this.#link.phase === 'stopping') return 'disconnected';
    if (this.#link.phase === 'registered') return 'connected';
    return this.#registrations === 0 ? 'connecting' : 'reconnecting';
  }
}
