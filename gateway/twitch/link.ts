import type { Account } from './account.ts';
import type { Connection } from './connection.ts';
import type { Ending } from './endings.ts';
import type { LoginTurn } from './login-turns.ts';

type Phase =
  | { readonly name: 'connecting' }
  | { readonly name: 'registered'; readonly since: number }
  /** It still reads, but another connection should take over. */
  | { readonly name: 'outgoing'; readonly since: number; readonly why: Outgoing }
  /** It was told to go. */
  | { readonly name: 'retired'; readonly why: Ending };

/** Why a connection should be replaced. `ping_timeout`: it no longer answers. */
export type Outgoing = 'reconnect_requested' | 'ping_timeout' | 'replaced';

type Membership =
  | { readonly state: 'asked' | 'put_off' | 'joined' | 'refused' | 'parting' }
  /** Another connection is leaving it first. `paidUntil`: until then its JOIN keeps its place in the pace. */
  | { readonly state: 'awaiting_room'; readonly paidUntil: number };

/** One connection of a slot, and how far it has got with each channel. */
export class Link {
  readonly account: Account;
  readonly turn: LoginTurn;
  readonly #connection: Connection;
  readonly #memberships = new Map<string, Membership>();
  #phase: Phase = { name: 'connecting' };
  #isCrowded = false;

  constructor(account: Account, turn: LoginTurn, connect: (link: Link) => Connection) {
    this.account = account;
    this.turn = turn;
    this.#connection = connect(this);
  }

  /** It may stay for good. */
  get isFit(): boolean {
    return this.#phase.name === 'connecting' || this.#phase.name === 'registered';
  }

  /** Registered, and not known to be silent or on its way out; since when, by the monotonic clock. */
  get readingSince(): number | undefined {
    const phase = this.#phase;
    if (phase.name === 'registered') return phase.since;
    return phase.name === 'outgoing' && phase.why !== 'ping_timeout' ? phase.since : undefined;
  }

  get isOutgoing(): boolean {
    return this.#phase.name === 'outgoing';
  }

  /** It was told to go: only what is still on its way to it is read. */
  get isRetired(): boolean {
    return this.#phase.name === 'retired';
  }

  /** When its last frame came, by the monotonic clock. */
  get heardAt(): number {
    return this.#connection.heardAt;
  }

  /** It was refused a channel because the account may be in no more. */
  get isCrowded(): boolean {
    return this.#isCrowded;
  }

  registered(now: number): void {
    this.#phase = { name: 'registered', since: now };
  }

  /** @returns whether that is news */
  outgoing(why: Outgoing): boolean {
    const phase = this.#phase;
    if (phase.name === 'registered') this.#phase = { name: 'outgoing', since: phase.since, why };
    else if (phase.name === 'outgoing' && why === 'ping_timeout') this.#phase = { ...phase, why };
    return phase.name === 'registered';
  }

  /** Lets go of an outgoing connection as soon as all that was said to it has arrived. */
  retire(): void {
    if (this.#phase.name !== 'outgoing') return;
    const { why } = this.#phase;
    this.#phase = { name: 'retired', why };
    this.#connection.retire(why, 'another connection took over');
  }

  /** Gives up an attempt that is no longer wanted. */
  abandon(why: Outgoing): void {
    this.#phase = { name: 'retired', why };
    this.#connection.retire(why, 'not wanted any more');
  }

  leave(): void {
    this.#phase = { name: 'retired', why: 'stopped' };
    this.#connection.leave();
  }

  /** If it was to be replaced and the server then closed it, it ended for the reason it was to be replaced. */
  reasonFor(ending: Ending): Ending {
    return ending === 'closed' && 'why' in this.#phase ? this.#phase.why : ending;
  }

  join(channels: readonly string[]): void {
    this.#note(channels, { state: 'asked' });
    this.#connection.join(channels);
  }

  part(channel: string): void {
    if (!this.holds(channel) && this.#state(channel) !== 'asked') return this.forget(channel);
    this.#note([channel], { state: 'parting' });
    this.#connection.part([channel]);
  }

  /** The JOIN of a channel waits until another connection has left it. */
  awaitRoom(channel: string, paidUntil: number): void {
    this.#note([channel], { state: 'awaiting_room', paidUntil });
  }

  /** @returns whether the JOIN that waited for room still has its place; undefined: none waited */
  roomMade(channel: string, now: number): boolean | undefined {
    const membership = this.#memberships.get(channel);
    if (membership?.state !== 'awaiting_room') return undefined;
    this.forget(channel);
    return now <= membership.paidUntil;
  }

  confirmed(channel: string): void {
    this.#note([channel], { state: 'joined' });
  }

  /**
   * @param byName it is about the channel: no need to wait for it. Otherwise another connection may read it meanwhile
   * @returns whether it already counted as refused
   */
  refused(channel: string, byName: boolean): boolean {
    const wasRefused = this.#state(channel) === 'refused';
    this.#note([channel], { state: byName ? 'refused' : 'put_off' });
    return wasRefused;
  }

  crowded(): void {
    this.#isCrowded = true;
  }

  /** It will be asked for again as soon as its turn comes. @param isCrowded its JOIN was refused for lack of room */
  putOff(channel: string, isCrowded: boolean): void {
    if (isCrowded) this.forget(channel);
    else this.#note([channel], { state: 'put_off' });
  }

  forget(channel: string): void {
    this.#memberships.delete(channel);
  }

  /** It is not in the channel and is not trying to be. */
  lacks(channel: string): boolean {
    const state = this.#state(channel);
    return state === undefined || state === 'put_off' || state === 'refused';
  }

  holds(channel: string): boolean {
    return this.#state(channel) === 'joined';
  }

  /** The server counts it among the readers of the channel, or may. */
  occupies(channel: string): boolean {
    return this.holds(channel) || this.#state(channel) === 'parting';
  }

  /** What the other one reads and this one has not yet asked for. */
  toBeAskedFor(other: Link): readonly string[] {
    return Array.from(other.#memberships.keys()).filter(
      (channel) => other.holds(channel) && this.#state(channel) === undefined,
    );
  }

  /** It reads whatever the other one reads, or may any moment, except for what it was refused by name. */
  covers(other: Link): boolean {
    if (this.readingSince === undefined) return false;
    for (const channel of other.#memberships.keys()) {
      const mayRead = other.occupies(channel) || other.#state(channel) === 'asked';
      if (mayRead && !this.holds(channel) && this.#state(channel) !== 'refused') return false;
    }
    return true;
  }

  #state(channel: string): Membership['state'] | undefined {
    return this.#memberships.get(channel)?.state;
  }

  #note(channels: readonly string[], membership: Membership): void {
    for (const channel of channels) this.#memberships.set(channel, membership);
  }
}
