import type { Socket, SocketEvents } from '../../gateway/twitch/socket.ts';
import { channelsIn } from '../gateway/twitch/fake-socket.ts';
import type { Frame, Line } from './framing.ts';
import { Lag } from './lag.ts';
import { Memberships } from './memberships.ts';
import { Outbox } from './outbox.ts';
import { inOrder } from './pipe.ts';
import { PongWatch } from './pong-watch.ts';
import { PONG_TIMEOUT_MS } from './settings.ts';
import { SimIrc } from './sim-irc.ts';
import type { SimTwitch } from './sim-twitch.ts';

const LF = 0x0a;
/** After so long the server, too, finds out that a link is dead. */
const DEAD_LINK_MS = 30_000;

/** Both ends of one WebSocket. */
export class SimSession implements Socket {
  readonly number: number;
  readonly channels = new Memberships();
  /** What the server says. */
  readonly irc: SimIrc;
  readonly pongs: PongWatch;
  /** `open`: the server has accepted it. */
  phase: 'connecting' | 'open' | 'ended' = 'connecting';
  /** What is sent either way is lost, and nobody is told. */
  cutAt = Infinity;
  /** What we still do with it. */
  client: 'reading' | 'closing' | 'gone' = 'reading';
  goneAt = Infinity;
  /** Since when another one should take over. */
  outgoingSince = Infinity;
  readonly lag = new Lag();
  /** Nothing was lost on its way to us. */
  isWhole = true;
  /** When a frame last reached us. */
  heardAt = -Infinity;
  readonly #twitch: SimTwitch;
  readonly #events: SocketEvents;
  readonly #toServer: (arrive: () => void) => void;
  readonly #toClient: (arrive: () => void) => void;
  readonly #outbox: Outbox;

  constructor(twitch: SimTwitch, number: number, events: SocketEvents) {
    this.#twitch = twitch;
    this.number = number;
    this.#events = events;
    const { clock } = twitch;
    this.irc = new SimIrc(twitch, this);
    this.pongs = new PongWatch(clock, twitch.journal);
    this.#toServer = inOrder(clock, 'outside', twitch.latency);
    this.#toClient = inOrder(clock, 'arrive', () => twitch.latency() + this.lag.ms);
    this.#outbox = new Outbox(clock, twitch.chance, (frame) => this.#post(frame));
    this.#toServer(() => this.#accept());
  }

  get isCut(): boolean {
    return this.cutAt < Infinity;
  }

  get isRegistered(): boolean {
    return this.irc.registeredAt < Infinity;
  }

  /** The server counts on it: it may be needed. */
  get isWell(): boolean {
    return this.phase === 'open' && this.isRegistered && !this.isCut;
  }

  /** It lagged, and broke, or lagged so much that it was given up: nobody can know what was on its way. */
  get hasLostTime(): boolean {
    const { mostMs } = this.lag;
    const wasSilent = this.goneAt - this.heardAt >= PONG_TIMEOUT_MS;
    return mostMs > 0 && (!this.isWhole || (wasSilent && mostMs >= PONG_TIMEOUT_MS));
  }

  /** It is in all channels of one that should go. */
  succeeds({ channels, outgoingSince }: SimSession): boolean {
    if (outgoingSince === Infinity) return false;
    return [...channels.present].every((channel) => this.channels.present.has(channel));
  }

  send(text: string): void {
    if (!this.#twitch.effect() || this.phase !== 'open' || this.client !== 'reading') return;
    const [command] = text.split(' ', 1);
    if (command === 'JOIN') for (const channel of channelsIn(text.trimEnd())) this.#asking(channel);
    if (command === 'PART') for (const channel of channelsIn(text.trimEnd())) this.#twitch.leaving(channel);
    for (const line of text.split('\r\n').filter(Boolean))
      this.#toServer(() => {
        if (!this.isCut && this.phase === 'open') this.irc.hear(line);
      });
  }

  #asking(channel: string): void {
    this.channels.ask(channel, this.#twitch.clock.now());
    this.#twitch.asking(channel);
  }

  close(): void {
    if (this.client !== 'reading') return;
    this.client = 'closing';
    this.#letGo();
  }

  terminate(): void {
    if (this.client === 'gone') return;
    const wasReading = this.client === 'reading';
    this.client = 'gone';
    this.goneAt = this.#twitch.clock.now();
    if (wasReading) this.#letGo();
  }

  whenRead(task: () => void): void {
    this.#twitch.clock.arrive(0, () => {
      if (this.#twitch.isListening) task();
    });
  }

  /** Lines for us, soon. */
  say(...lines: readonly Line[]): void {
    if (this.phase === 'open') this.#outbox.say(lines);
  }

  /** From now on another one should take over. */
  goes(): void {
    this.outgoingSince = Math.min(this.outgoingSince, this.#twitch.clock.now());
  }

  reconnect(): void {
    this.goes();
    this.irc.reconnect();
  }

  ping(): void {
    if (!this.isWell) return;
    this.pongs.ping(
      this.number,
      () => this.irc.tell('PING :tmi.twitch.tv'),
      () => this.isWell && this.client === 'reading' && this.#twitch.isCurrent(this),
    );
  }

  /** The server ends it. @param how `reset`: what is on its way to us is lost */
  end(how: 'close' | 'reset'): void {
    if (this.phase === 'ended') return;
    if (how === 'close') this.#outbox.flush();
    this.phase = 'ended';
    for (const channel of this.channels.present)
      this.channels.leave(channel, this.#twitch.clock.now(), !this.isCut);
    if (how === 'reset') this.isWhole = false;
    if (!this.isCut) this.#toClient(() => this.#closed());
  }

  /** The link is dead; nobody is told. */
  cut(): void {
    this.cutAt = Math.min(this.cutAt, this.#twitch.clock.now());
    this.isWhole = false;
    this.#twitch.clock.outside(DEAD_LINK_MS, () => this.#expire());
  }

  /** We are told of it at last. */
  breakOff(): void {
    this.#twitch.clock.arrive(0, () => {
      if (this.client === 'gone' || !this.#twitch.isListening || !this.#twitch.isCurrent(this)) return;
      this.#twitch.journal.note(`broken off ${this.number}`);
      this.#events.onClosed('closed', 'ECONNRESET', false);
    });
  }

  #expire(): void {
    const isMissed = this.client === 'reading' && this.#twitch.isListening && this.#twitch.isCurrent(this);
    this.#twitch.journal.check(!isMissed, () => `nobody noticed that connection ${this.number} is dead`);
    this.end('reset');
  }

  #letGo(): void {
    if (this.#twitch.effect()) this.#twitch.hungUp(this);
    this.#toServer(() => {
      if (!this.isCut) this.end('close');
    });
  }

  #accept(): void {
    if (this.#twitch.doors === 'shut') return this.end('close');
    if (this.#twitch.doors === 'stuck' || this.client !== 'reading') return;
    this.phase = 'open';
    this.#toClient(() => {
      if (this.#isHeard) this.#events.onOpen();
    });
  }

  get #isHeard(): boolean {
    return this.client !== 'gone' && !this.isCut && this.#twitch.isListening && this.#twitch.isCurrent(this);
  }

  #post(frame: Frame): void {
    if (frame.bytes.at(-1) !== LF) this.#twitch.journal.count('frame: ends within a line');
    this.#toClient(() => this.#arrive(frame));
  }

  #arrive({ bytes, keys }: Frame): void {
    if (!this.isWhole || !this.#isHeard) return;
    this.#twitch.journal.note(`frame on ${this.number}: ${bytes.length} bytes, ${keys.join(' ')}`);
    this.heardAt = this.#twitch.clock.now();
    this.#twitch.book.arriving();
    this.#events.onFrame(bytes);
    bytes.fill(0x20);
    if (this.client !== 'gone' && this.#twitch.isListening) this.#twitch.arrived(keys, this);
  }

  #closed(): void {
    if (this.isCut || !this.#twitch.isListening || !this.#twitch.isCurrent(this)) return;
    this.#twitch.journal.note(`closed ${this.number}`);
    this.#events.onClosed('closed', 'close code 1006', this.isWhole);
  }
}
