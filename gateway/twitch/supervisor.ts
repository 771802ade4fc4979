import type { HeardLine } from '../../shared/heard-line.ts';
import type { Degradation } from '../degradation.ts';
import type { ChatStatus } from '../status.ts';
import { afterRefusal, chooseAccount, nameOf, type Account } from './account.ts';
import { degradations } from './degradations.ts';
import type { Ending } from './endings.ts';
import { JoinPacer, type Wish } from './join-pacer.ts';
import { LoginTurns } from './login-turns.ts';
import type { SlotHost } from './slot-host.ts';
import { Slot } from './slot.ts';
import type { SupervisorOptions } from './supervisor-options.ts';
import { WantedChannel } from './wanted-channel.ts';

export type Supervisor = {
  status(): ChatStatus;
  degraded(): Degradation[];
  /** Joins and parts the difference; nothing else is touched. @param channels logins; repeats are forgiven */
  setChannels(channels: readonly string[]): void;
  /**
   * From now on every connection logs in like this, and existing ones are replaced without a gap.
   *
   * @param login undefined: anonymous reading
   * @param token with or without `oauth:`; undefined: none is known
   */
  setAccount(login: string | undefined, token: string | undefined): void;
  /** Leaves chat; what is on its way is still read. Settles within about a second. */
  stop(): Promise<void>;
};

/** Keeps the channels read from now on, whatever happens to a connection, until it is stopped. */
export function startSupervisor(options: SupervisorOptions): Supervisor {
  return new ChatSupervisor(options);
}

class ChatSupervisor implements Supervisor {
  readonly #options: SupervisorOptions;
  readonly #host: SlotHost;
  readonly #joins: JoinPacer;
  /** In the order of their names. */
  #channels: ReadonlyMap<string, WantedChannel> = new Map();
  #slots: readonly Slot[] = [];
  /** Slots that lost their last channel, until their connections have ended. */
  readonly #closing = new Set<Promise<void>>();
  #account: Account;
  #stopped: Promise<void> | undefined;
  #connections = 0;
  #reconnects = 0;
  #lastMessageAt: number | null = null;
  #lastReconnectAt: number | null = null;
  #lastError: string | null = null;

  constructor(options: SupervisorOptions) {
    const { clock, joinLimit, login, token, channels, paceMemory } = options;
    this.#options = options;
    this.#account = chooseAccount(login, token);
    this.#host = {
      options,
      logins: new LoginTurns(clock, paceMemory),
      account: () => this.#account,
      nextConnection: () => ++this.#connections,
      isTakingOver: () => this.#slots.some(({ isTakingOver }) => isTakingOver),
      isCrowded: () => this.#slots.some(({ isCrowded }) => isCrowded),
      onRegistered: (isReplacement) => this.#onRegistered(isReplacement),
      onChatLine: (line) => this.#onChatLine(line),
      onLoginRefused: (account, words) => this.#giveUpLogin(account, words),
      onFailed: (ending, detail) => this.#onFailed(ending, detail),
      onWishes: () => this.#resumeJoins(),
    };
    this.#joins = new JoinPacer(joinLimit, clock, paceMemory, () => this.#wishes());
    this.setChannels(channels);
  }

  status(): ChatStatus {
    return {
      state: this.#state(),
      identity: nameOf(this.#account),
      connections: this.#connectionCounts(),
      channels: Array.from(this.#channels.values(), (channel) => channel.status()),
      lastMessageAt: this.#lastMessageAt,
      lastReconnectAt: this.#lastReconnectAt,
      reconnects: this.#reconnects,
      lastError: this.#lastError,
    };
  }

  degraded(): Degradation[] {
    const { complaint } = this.#account;
    return degradations(complaint, this.#connectionCounts(), this.#lastError, this.#channels.values());
  }

  setChannels(channels: readonly string[]): void {
    if (this.#stopped) return;
    const wanted = new Set(channels);
    for (const channel of this.#channels.values()) if (!wanted.has(channel.name)) this.#drop(channel);
    const added = [...wanted].filter((name) => !this.#channels.has(name));
    const kept = [...this.#channels.values()].filter(({ name }) => wanted.has(name));
    const all = [...kept, ...added.map((name) => this.#add(name))];
    const byName = all.sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#channels = new Map(byName.map((channel) => [channel.name, channel]));
    this.#closeEmptySlots();
    this.#resumeJoins();
  }

  setAccount(login: string | undefined, token: string | undefined): void {
    if (this.#stopped) return;
    this.#account = chooseAccount(login, token);
    for (const slot of this.#slots) slot.replace();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#leave();
    return this.#stopped;
  }

  async #leave(): Promise<void> {
    this.#joins.stop();
    await Promise.all([...this.#slots.map((slot) => slot.close()), ...this.#closing]);
    for (const channel of this.#channels.values()) this.#part(channel);
  }

  #add(name: string): WantedChannel {
    const channel = new WantedChannel(name, this.#options.clock);
    const slot = this.#slots.find(({ size }) => size < this.#options.channelsPerConnection);
    (slot ?? this.#newSlot()).add(channel);
    return channel;
  }

  #newSlot(): Slot {
    const slot = new Slot(this.#host);
    this.#slots = [...this.#slots, slot];
    return slot;
  }

  #drop(channel: WantedChannel): void {
    for (const slot of this.#slots) slot.remove(channel.name);
    this.#part(channel);
  }

  #part(channel: WantedChannel): void {
    const gap = channel.parted();
    if (gap) this.#options.events.gapClosed(channel.name, gap);
  }

  #closeEmptySlots(): void {
    const empty = this.#slots.filter(({ size }) => size === 0);
    this.#slots = this.#slots.filter(({ size }) => size > 0);
    for (const slot of empty) {
      const closed = slot.close().then(() => void this.#closing.delete(closed));
      this.#closing.add(closed);
    }
  }

  *#wishes(): Generator<Wish> {
    for (const slot of this.#slots) yield* slot.wishes();
  }

  #resumeJoins(): void {
    if (!this.#stopped) this.#joins.resume();
  }

  #onRegistered(isReplacement: boolean): void {
    if (!isReplacement) return;
    this.#reconnects += 1;
    this.#lastReconnectAt = this.#options.clock.date();
  }

  #onChatLine(line: HeardLine): void {
    this.#lastMessageAt = line.receivedAt;
    this.#channels.get(line.channel)?.heard(line.receivedAt);
    this.#options.onChatLine(line);
  }

  /** Several connections may be refused with the same token. */
  #giveUpLogin(account: Account, words: string): void {
    if (account !== this.#account) return;
    if (account.login !== undefined) this.#options.events.loginRefused(account.login, words);
    this.#account = afterRefusal(account, words);
  }

  #onFailed(ending: Ending, detail: string): void {
    if (ending !== 'replaced') this.#lastError = `${ending}: ${detail}`;
  }

  #connectionCounts(): ChatStatus['connections'] {
    const registered = this.#slots.filter(({ isRegistered }) => isRegistered).length;
    return { needed: this.#slots.length, registered };
  }

  #state(): ChatStatus['state'] {
    if (this.#stopped) return 'disconnected';
    if (this.#slots.some(({ isNew }) => isNew)) return 'connecting';
    return this.#slots.every(({ isRegistered }) => isRegistered) ? 'connected' : 'reconnecting';
  }
}
