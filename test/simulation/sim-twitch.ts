import type { Random } from '../../gateway/clock.ts';
import type { OpenSocket } from '../../gateway/twitch/socket.ts';
import { AccountRoom } from './account-room.ts';
import type { Book } from './book.ts';
import type { Chance } from './chance.ts';
import { chatLine } from './chat-line.ts';
import type { Contents } from './contents.ts';
import { HandoverWatch } from './handover-watch.ts';
import type { Journal } from './journal.ts';
import { PaceWatch } from './pace-watch.ts';
import type { Plan, Saying } from './plan.ts';
import type { SimClock } from './sim-clock.ts';
import { ReadingTruth } from './reading-truth.ts';
import { ReadingWatch } from './reading-watch.ts';
import { FULL } from './sim-irc.ts';
import { SimSession } from './sim-session.ts';

/** So long an ended connection is remembered. */
const REMEMBERED_MS = 30_000;
/** About when we stop to wait for it. */
const LATE_JOIN_MS = [8_000, 16_000] as const;

/** The process that is connected. */
export type Client = {
  readonly isAlive: boolean;
  readonly isStopping: boolean;
  /** Called wherever the process acts on the world; false: it is dead. */
  effect(): boolean;
  wants(channel: string): boolean;
  /** Other channels were wanted meanwhile. */
  readonly hasChangedChannels: boolean;
};

export type TwitchOptions = {
  readonly clock: SimClock;
  readonly chance: Chance;
  readonly journal: Journal;
  readonly book: Book;
  readonly contents: Contents;
  readonly plan: Plan;
};

/** Twitch's chat, as far as a reader can tell. */
export class SimTwitch {
  readonly clock: SimClock;
  readonly chance: Chance;
  readonly journal: Journal;
  readonly book: Book;
  readonly #contents: Contents;
  /** `shut`: refuses connections; `stuck`: says nothing to them. */
  doors: 'open' | 'shut' | 'stuck' = 'open';
  loginsAre: 'answered' | 'ignored' = 'answered';
  joinsAre: 'answered' | 'ignored' | 'late' = 'answered';
  hangsUp = false;
  endsSuccessor = false;
  readonly goodTokens = new Set<string>();
  readonly refusals = new Map<string, string>();
  readonly #plan: Plan;
  #client: Client | undefined;
  #sessions: SimSession[] = [];
  #opened = 0;
  /** What the process that is connected reads and tells. */
  reading: ReadingWatch;
  readonly truth: ReadingTruth;
  readonly #handovers: HandoverWatch;
  readonly #pace: PaceWatch;
  #room: AccountRoom;

  constructor({ clock, chance, journal, book, contents, plan }: TwitchOptions) {
    this.clock = clock;
    this.chance = chance;
    this.journal = journal;
    this.book = book;
    this.#contents = contents;
    this.#plan = plan;
    this.reading = new ReadingWatch(clock, journal);
    this.truth = new ReadingTruth(clock, journal);
    this.#handovers = new HandoverWatch(clock, journal);
    this.#pace = new PaceWatch(clock, journal, plan);
    this.#room = this.#newRoom();
  }

  /** Another process. */
  connect(client: Client): OpenSocket {
    this.#client = client;
    this.reading = new ReadingWatch(this.clock, this.journal);
    this.#sessions = [];
    this.#pace.startsOver();
    this.#room = this.#newRoom();
    return (_url, events) => {
      this.#pace.opened();
      const session = new SimSession(this, ++this.#opened, events);
      this.journal.note(`opens ${session.number}`);
      this.#sessions.push(session);
      this.truth.opened(session);
      return session;
    };
  }

  /** The process is dead, and its links with it. */
  disconnect(): void {
    for (const session of this.#sessions) session.end('reset');
    this.#sessions = [];
  }

  latency: Random = () => this.chance.whole(...this.#plan.latencyMs);

  effect(): boolean {
    return this.#client?.effect() ?? false;
  }

  get isListening(): boolean {
    return this.#client?.isAlive ?? false;
  }

  isCurrent(session: SimSession): boolean {
    return this.#sessions.includes(session);
  }

  get sessions(): readonly SimSession[] {
    const now = this.clock.now();
    this.#sessions = this.#sessions.filter(
      ({ phase, goneAt }) => phase !== 'ended' || now - goneAt < REMEMBERED_MS,
    );
    return this.#sessions;
  }

  get open(): readonly SimSession[] {
    return this.sessions.filter(({ phase }) => phase === 'open');
  }

  /** Says a line to everybody in its channel; some get it twice. */
  say(key: string, saying: Saying): void {
    const text = chatLine(key, saying, this.clock.date());
    const listeners = this.open.filter(({ channels }) => channels.present.has(saying.channel));
    const now = this.clock.now();
    const isNewsOnTheWay = this.sessions.some(
      ({ client, channels }) => client === 'reading' && channels.hasJustLost(saying.channel, now),
    );
    this.#contents.said(key, saying.channel, text);
    const isExcused = (): boolean => isNewsOnTheWay || listeners.some(({ hasLostTime }) => hasLostTime);
    this.book.said(key, saying.channel, isExcused);
    this.journal.note(
      `says ${key} in ${saying.channel} to ${listeners.map(({ number }) => number).join(' ')}`,
    );
    if (listeners.length > 1) this.journal.count('chat: a line to two connections');
    if (listeners.length > 2) this.journal.count('chat: a line to three connections');
    for (const session of listeners) {
      session.say({ text, key });
      if (!this.chance.hit(0.03)) continue;
      this.journal.count('chat: a line said twice');
      this.clock.outside(this.chance.whole(0, 4_000), () => session.say({ text, key }));
    }
  }

  pingAll(): void {
    for (const session of this.open) session.ping();
  }

  login(token: string): 'welcome' | 'refused' | 'silence' {
    this.#pace.loggedIn();
    if (this.loginsAre === 'ignored') return 'silence';
    return token === '' || this.goodTokens.has(token) ? 'welcome' : 'refused';
  }

  registered(session: SimSession): void {
    if (this.hangsUp) this.clock.outside(this.chance.whole(0, 500), () => session.end('close'));
  }

  /** A JOIN has come. @returns how long its answer takes */
  joining(): number {
    this.#pace.joined();
    return this.joinsAre === 'late' ? this.chance.whole(...LATE_JOIN_MS) : 0;
  }

  /** @returns why a JOIN does not succeed */
  judge(channel: string, session: SimSession): string | undefined {
    if (this.joinsAre === 'ignored') return 'silence';
    const refusal = this.refusals.get(channel);
    return refusal ?? (this.#room.refuses(channel, session, this.open) ? FULL : undefined);
  }

  /** We ask for a channel. */
  asking(channel: string): void {
    this.book.askedFor(channel);
    this.reading.asked(channel);
  }

  /** Lines of chat reached the process. */
  arrived(keys: readonly string[], session: SimSession): void {
    this.book.mustHaveHeard(keys);
    for (const key of keys) this.reading.read(this.#contents.arrived(key), session);
  }

  /** We leave a channel. */
  leaving(channel: string): void {
    if (this.#client) this.#room.leaving(channel, this.#sessions, this.#client);
  }

  joined(channel: string, session: SimSession): void {
    this.#room.joined(channel, session);
    const hasSucceeded = this.open.some((other) => other !== session && session.succeeds(other));
    if (!this.endsSuccessor || !hasSucceeded) return;
    this.endsSuccessor = false;
    this.clock.outside(this.chance.whole(0, 400), () => session.end('close'));
  }

  /** We let go of a connection. */
  hungUp(session: SimSession): void {
    this.journal.note(`hangs up ${session.number}`);
    if (this.#client && !this.#client.isStopping)
      this.#handovers.hungUp(session, this.#sessions, this.#client);
  }

  #newRoom(): AccountRoom {
    return new AccountRoom(this.journal, this.#plan);
  }
}
