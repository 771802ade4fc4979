import type { OpenSocket } from '../../../gateway/twitch/socket.ts';
import type { VirtualClock } from '../../fakes/virtual-clock.ts';
import { VirtualSession } from './virtual-session.ts';

const FULL = 'msg_concurrent_channel_limit_reached';

/** Twitch's chat in virtual time: it counts by its own clock, when things arrive. */
export class VirtualTwitch {
  readonly clock: VirtualClock;
  /** Milliseconds one way. */
  readonly latency: () => number;
  /** In the order of their opening, ended ones included. */
  readonly sessions: VirtualSession[] = [];
  /** When a JOIN or a login arrived. */
  readonly joins: number[] = [];
  readonly logins: number[] = [];
  /** How often each channel was asked for. */
  readonly asked = new Map<string, number>();
  /** Channels whose JOIN does not succeed: `ghost` is not answered, anything else is the `msg-id` of a NOTICE. */
  readonly refusals = new Map<string, string>();
  /** How many channels the account may be in, on all connections together. */
  channelLimit = Infinity;
  isAccepting = true;
  refusedNick: string | undefined;

  constructor(clock: VirtualClock, latency: () => number) {
    this.clock = clock;
    this.latency = latency;
  }

  readonly openSocket: OpenSocket = (_url, events) => {
    const session = new VirtualSession(this, events);
    this.sessions.push(session);
    return session;
  };

  get alive(): readonly VirtualSession[] {
    return this.sessions.filter(({ phase }) => phase === 'open');
  }

  /** The n-th session ever opened. */
  session(index: number): VirtualSession {
    const session = this.sessions.at(index);
    if (!session) throw new Error(`there are only ${this.sessions.length} sessions`);
    return session;
  }

  /** Says a line of chat to everybody in the channel. */
  deliver(channel: string, id: string): void {
    for (const session of this.alive) {
      if (session.channels.has(channel)) session.say(`@id=${id} :ann!ann@ann PRIVMSG #${channel} :hello`);
    }
  }

  /** Takes a JOIN in. @returns why it does not succeed */
  judge(channel: string): string | undefined {
    this.joins.push(this.clock.now());
    this.asked.set(channel, (this.asked.get(channel) ?? 0) + 1);
    return this.refusals.get(channel) ?? (this.#isFull() ? FULL : undefined);
  }

  #isFull(): boolean {
    if (this.channelLimit === Infinity) return false;
    return this.alive.reduce((sum, { channels }) => sum + channels.size, 0) >= this.channelLimit;
  }
}

/** The most of these times that any span of so many milliseconds has. */
export function mostWithin(spanMs: number, times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  let most = 0;
  let first = 0;
  sorted.forEach((at, last) => {
    while (at - (sorted[first] ?? at) >= spanMs) first += 1;
    most = Math.max(most, last - first + 1);
  });
  return most;
}
