import assert from 'node:assert/strict';
import type { SupervisorOptions } from '../../../gateway/twitch/supervisor-options.ts';
import { startSupervisor, type Supervisor } from '../../../gateway/twitch/supervisor.ts';
import type { ChannelStatus } from '../../../gateway/status.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { channelsIn, fakeSockets, type FakeSocket } from './fake-socket.ts';
import { NO_PACE_MEMORY } from '../../../gateway/twitch/pace-memory.ts';

/** What a test may want otherwise than most do. */
export type Wishes = Partial<
  Pick<SupervisorOptions, 'login' | 'token' | 'channelsPerConnection' | 'joinLimit'>
>;

/** A supervisor in virtual time, with a test for a server. Its chance is always one half. */
export class SupervisedChat {
  readonly clock = new VirtualClock(0);
  readonly supervisor: Supervisor;
  /** What it reported, in words and in order; round trips and ignored lines left out. */
  readonly log: string[] = [];
  readonly chat: string[] = [];
  readonly sockets: FakeSocket[];
  /** When each channel was asked for. */
  readonly joins: { readonly at: number; readonly channel: string }[] = [];
  /** Channels whose JOIN stays unanswered. */
  readonly ghosts = new Set<string>();

  constructor(channels: readonly string[], wishes: Wishes = {}) {
    const { openSocket, sockets } = fakeSockets((socket) => {
      socket.onSent = (line) => this.#answer(socket, line);
    });
    this.sockets = sockets;
    this.supervisor = startSupervisor({
      url: 'ws://fake',
      channels,
      login: undefined,
      token: undefined,
      channelsPerConnection: 100,
      idlePingMs: 5_000,
      pongTimeoutMs: 5_000,
      reconnectInitialMs: 1_000,
      reconnectMaxMs: 30_000,
      joinLimit: 20,
      paceMemory: NO_PACE_MEMORY,
      ...wishes,
      clock: this.clock,
      random: () => 0.5,
      openSocket,
      recordLine: undefined,
      onChatLine: ({ line }) => this.chat.push(line),
      events: {
        connectionOpened: (identity) => this.log.push(`opened ${identity}`),
        connectionRegistered: (identity) => this.log.push(`registered ${identity}`),
        connectionOutgoing: (why) => this.log.push(`outgoing ${why}`),
        connectionEnded: (ending, _detail, retryInMs) => this.log.push(`ended ${ending} ${retryInMs}`),
        loginRefused: (account, words) => this.log.push(`login of ${account} refused: ${words}`),
        channelJoined: (channel) => this.log.push(`joined ${channel}`),
        channelRefused: (channel, refusal, ms) => this.log.push(`refused ${channel} ${refusal} ${ms}`),
        channelLeftFirst: (channel) => this.log.push(`left first ${channel}`),
        gapClosed: (channel, { from, to, reason }) => this.log.push(`gap ${channel} ${from}-${to} ${reason}`),
        lineIgnored: () => {},
        roundTrip: () => {},
      },
    });
  }

  /** The newest connection. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    assert.ok(socket);
    return socket;
  }

  /** Lets time pass until the next connection is opened; says how long that was, in milliseconds. */
  untilReopened(): number {
    const from = this.clock.now();
    const { length } = this.sockets;
    for (this.clock.advance(0); this.sockets.length === length; this.clock.advance(1));
    return this.clock.now() - from;
  }

  channel(name: string): ChannelStatus {
    const found = this.supervisor.status().channels.find(({ channel }) => channel === name);
    assert.ok(found);
    return found;
  }

  /** The codes of what is degraded. */
  get degraded(): readonly string[] {
    return this.supervisor.degraded().map(({ code }) => code);
  }

  #answer(socket: FakeSocket, line: string): void {
    if (line.startsWith('PING')) socket.say('PONG :tmi.twitch.tv');
    if (!line.startsWith('JOIN')) return;
    for (const channel of channelsIn(line)) {
      this.joins.push({ at: this.clock.now(), channel });
      if (!this.ghosts.has(channel)) socket.confirm(channel);
    }
  }
}

/** `c000`, `c001`, … */
export function channelNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `c${String(index).padStart(3, '0')}`);
}
