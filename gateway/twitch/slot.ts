import { nameOf } from './account.ts';
import type { ConnectionEvents } from './connection.ts';
import type { Ending } from './endings.ts';
import type { GapReason } from './gap-log.ts';
import { isPassing, joinWhereRoomWasMade, newestReading, retireCovered } from './handover.ts';
import type { Wish } from './join-pacer.ts';
import type { Link, Outgoing } from './link.ts';
import { NEXT_MOVE } from './next-move.ts';
import { openLink } from './open-link.ts';
import { Overlap } from './overlap.ts';
import { ReconnectPace } from './reconnect-pace.ts';
import { FULL, type Refusal } from './refusals.ts';
import type { SlotHost } from './slot-host.ts';
import type { WantedChannel } from './wanted-channel.ts';
import { wishesFor, type MakeRoom } from './wishes.ts';

/**
 * A group of channels that needs one connection. It has a second one while the first is being replaced: the new one joins
 * the same channels, and only then does the old one go.
 */
export class Slot {
  readonly #host: SlotHost;
  readonly #channels = new Map<string, WantedChannel>();
  readonly #pace: ReconnectPace;
  readonly #overlap: Overlap;
  readonly #closed = Promise.withResolvers<void>();
  /** Oldest first. */
  #links: readonly Link[] = [];
  /** Cancels the next connection, which is waiting for its time or its turn. */
  #opening: (() => void) | undefined;
  #phase: 'new' | 'registered_once' | 'closing' = 'new';

  constructor(host: SlotHost) {
    const { reconnectInitialMs, reconnectMaxMs, random } = host.options;
    this.#host = host;
    this.#pace = new ReconnectPace(reconnectInitialMs, reconnectMaxMs, random);
    this.#overlap = new Overlap(host.options.clock);
    this.#open();
  }

  get size(): number {
    return this.#channels.size;
  }

  get isNew(): boolean {
    return this.#phase === 'new';
  }

  get isRegistered(): boolean {
    return newestReading(this.#links) !== undefined;
  }

  get isTakingOver(): boolean {
    return this.#links.length > 1;
  }

  /** While one connection takes over from another, the account turned out to be in as many channels as it may be. */
  get isCrowded(): boolean {
    return this.isTakingOver && this.#links.some(({ isCrowded }) => isCrowded);
  }

  add(channel: WantedChannel): void {
    this.#channels.set(channel.name, channel);
  }

  remove(name: string): void {
    if (this.#channels.delete(name)) for (const link of this.#links) link.part(name);
  }

  /** Opens another connection in place of each, without letting go of a channel meanwhile. */
  replace(): void {
    for (const link of this.#links) {
      if (link.isFit && link.readingSince === undefined) link.abandon('replaced');
      else this.#relieve(link, 'replaced');
    }
    this.#review();
  }

  /** Settles when its connections have ended. */
  close(): Promise<void> {
    this.#phase = 'closing';
    this.#opening?.();
    this.#overlap.stop();
    if (this.#links.length === 0) this.#closed.resolve();
    for (const link of this.#links) link.leave();
    return this.#closed.promise;
  }

  /** The JOINs still to be sent. */
  wishes(): Iterable<Wish> {
    const makeRoom = this.#host.isCrowded() ? this.#makeRoom : undefined;
    return wishesFor(this.#channels.values(), this.#links, makeRoom);
  }

  #open(): void {
    const turn = this.#host.logins.take();
    this.#opening = turn ? undefined : this.#host.logins.wait(() => this.#open());
    if (turn) this.#links = [...this.#links, openLink(this.#host, turn, (link) => this.#handlers(link))];
  }

  #handlers(link: Link): ConnectionEvents {
    const { options, onChatLine } = this.#host;
    const { events } = options;
    return {
      onLogin: () => link.turn.used(),
      onRegistered: () => this.#onRegistered(link),
      onJoined: (name) => this.#onJoined(link, name),
      onParted: (name, readUntil) => this.#onParted(link, name, readUntil),
      onRefused: (name, refusal) => this.#onRefused(link, name, refusal),
      onOutgoing: (why) => this.#relieve(link, why),
      onChatLine,
      onIgnored: (reason) => events.lineIgnored(reason),
      onRoundTrip: (ms) => events.roundTrip(ms),
      onEnded: (ending, detail, readUntil) => this.#onEnded(link, ending, detail, readUntil),
    };
  }

  #onRegistered(link: Link): void {
    const { options, onRegistered, onWishes } = this.#host;
    if (!link.isFit) return;
    const now = options.clock.now();
    link.registered(now);
    this.#pace.up(now);
    onRegistered(this.#phase === 'registered_once');
    this.#phase = 'registered_once';
    options.events.connectionRegistered(nameOf(link.account));
    onWishes();
    this.#review();
  }

  #onJoined(link: Link, name: string): void {
    const { events } = this.#host.options;
    const channel = this.#channels.get(name);
    link.confirmed(name);
    if (!channel) return link.part(name);
    const gap = channel.joined(link);
    events.channelJoined(name);
    if (gap) events.gapClosed(name, gap);
    this.#review();
  }

  #onParted(link: Link, name: string, readUntil: number): void {
    link.forget(name);
    this.#release(link, name, FULL, readUntil);
    this.#review();
    this.#host.onWishes();
  }

  #onRefused(link: Link, name: string, refusal: Refusal): void {
    const { options, isTakingOver } = this.#host;
    const { clock, events } = options;
    const channel = this.#channels.get(name);
    const wasRefused = link.refused(name, refusal !== FULL);
    const isCrowded = refusal === FULL && this.isTakingOver;
    if (isCrowded) link.crowded();
    this.#lose(link, name, refusal, clock.now());
    if (!channel || link !== newestReading(this.#links)) link.forget(name);
    else if (isPassing(refusal, channel, this.#links, isTakingOver())) {
      link.putOff(name, isCrowded);
      channel.joinAt = clock.now();
    } else events.channelRefused(name, refusal, channel.refused(refusal, wasRefused));
    this.#review();
    this.#host.onWishes();
  }

  #relieve(link: Link, why: Outgoing): void {
    if (link.outgoing(why)) this.#host.options.events.connectionOutgoing(why);
    this.#review();
  }

  #onEnded(link: Link, ending: Ending, detail: string, readUntil: number): void {
    const { events } = this.#host.options;
    const reason = link.reasonFor(ending);
    link.turn.unused();
    this.#links = this.#links.filter((other) => other !== link);
    if (this.#phase === 'closing') {
      events.connectionEnded(reason, detail, null);
      if (this.#links.length === 0) this.#closed.resolve();
      return;
    }
    for (const name of this.#channels.keys()) this.#release(link, name, reason, readUntil);
    if (NEXT_MOVE[reason] === 'reopen_anonymously') this.#host.onLoginRefused(link.account, detail);
    this.#host.onFailed(reason, detail);
    events.connectionEnded(reason, detail, this.#review());
    this.#host.onWishes();
  }

  #release(link: Link, name: string, reason: GapReason, readUntil: number): void {
    this.#lose(link, name, reason, readUntil);
    joinWhereRoomWasMade(this.#links, name, this.#host.options.clock.now());
  }

  #lose(link: Link, name: string, reason: GapReason, readUntil: number): void {
    const gaps = this.#channels.get(name)?.lost(link, reason, readUntil) ?? [];
    for (const gap of gaps) this.#host.options.events.gapClosed(name, gap);
  }

  /** Break before make: the account may not be in the channel twice. */
  readonly #makeRoom: MakeRoom = (name, holder, link, paidUntil) => {
    link.awaitRoom(name, paidUntil);
    const { clock, events } = this.#host.options;
    events.channelLeftFirst(name);
    holder.part(name);
    joinWhereRoomWasMade(this.#links, name, clock.now());
  };

  /**
   * Makes the connections what they should be: one that may stay, and no others once it covers what they read.
   * @returns milliseconds until another one is opened; null: none is needed, or it was under way already
   */
  #review(): number | null {
    const { clock } = this.#host.options;
    retireCovered(this.#links);
    this.#overlap.review(this.#links, (name) => this.#channels.get(name)?.isRefused ?? true);
    if (this.#opening || this.#phase === 'closing' || this.#links.some(({ isFit }) => isFit)) return null;
    const ms = this.#pace.nextMs(clock.now());
    this.#opening = clock.after(ms, () => this.#open());
    return ms;
  }
}
