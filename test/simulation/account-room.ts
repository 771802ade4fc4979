import type { Journal } from './journal.ts';
import type { Plan } from './plan.ts';
import type { SimSession } from './sim-session.ts';
import type { Client } from './sim-twitch.ts';

/** By then the news that there is no room has reached us. */
const NEWS_MS = 10_000;

type Sessions = readonly SimSession[];

/** How many channels an account may be in, on all its connections together, and what one process makes of it. */
export class AccountRoom {
  readonly #journal: Journal;
  readonly #plan: Plan;
  /** Left to make room, and not joined again yet. */
  readonly #left = new Set<string>();

  constructor(journal: Journal, plan: Plan) {
    this.#journal = journal;
    this.#plan = plan;
  }

  /** A JOIN is refused. @param open all connections */
  refuses(channel: string, { channels, irc: { nick, fullSince } }: SimSession, open: Sessions): boolean {
    const own = open.filter(({ irc }) => irc.nick === nick);
    const count = own.reduce((sum, other) => sum + other.channels.present.size, 0);
    if (count < this.#plan.room) return false;
    this.#journal.count('chat: a JOIN refused for want of room');
    const askedAt = channels.askedAt(channel) ?? 0;
    const holder = own.find((other) => !other.isCut && other.channels.joinedAt(channel) < askedAt);
    this.#journal.check(
      !holder || askedAt - fullSince <= NEWS_MS,
      () => `${channel} was asked for, and not left on connection ${holder?.number}, though there is no room`,
    );
    return true;
  }

  /** We leave a channel: if it is wanted, then because there was no room for two of us. */
  leaving(channel: string, sessions: Sessions, client: Client): void {
    if (!client.wants(channel) || client.isStopping) return;
    const isCrowded = sessions.some(
      (session) => session.client !== 'gone' && session.irc.fullSince < Infinity,
    );
    this.#journal.check(
      isCrowded || client.hasChangedChannels,
      () => `left ${channel}, which is wanted, and there was room`,
    );
    if (isCrowded) this.#left.add(channel);
  }

  joined(channel: string, { number, channels: { present } }: SimSession): void {
    this.#journal.check(
      present.size <= this.#plan.channelsPerConnection,
      () => `${present.size} channels on connection ${number}`,
    );
    if (this.#left.delete(channel)) this.#journal.count('chat: a channel left first and joined anew');
  }
}
