import type { Random } from '../../gateway/clock.ts';
import type { OpenSocket } from '../../gateway/twitch/socket.ts';
import type { Book } from './book.ts';
import type { Chance } from './chance.ts';
import { chatLine } from './chat-line.ts';
import type { Journal } from './journal.ts';
import type { Plan, Saying } from './plan.ts';
import type { SimClock } from './sim-clock.ts';
import { SimSession } from './sim-session.ts';

const LIMIT_SPAN_MS = 10_000;
const LOGIN_LIMIT = 20;
/** A handover that does not end by itself may be ended by us after so long. */
const OVERLAP_MS = 60_000;
/** Once it was decided that a connection may go, what happens to its successor comes too late. */
const RETIRING_MS = 10_000;
/** Within so long a group of channels that is refused again and again is tried so often at most. */
const RETRY_SPAN_MS = 30_000;
const RETRY_LIMIT = 20;

/** The process that is connected. */
export type Client = {
  readonly isAlive: boolean;
  readonly isStopping: boolean;
  /** Called wherever the process acts on the world; false: it is dead. */
  effect(): boolean;
  wants(channel: string): boolean;
};

export type TwitchOptions = {
  readonly clock: SimClock;
  readonly chance: Chance;
  readonly journal: Journal;
  readonly book: Book;
  readonly plan: Plan;
};

/** Twitch's chat, as far as a reader can tell. */
export class SimTwitch {
  readonly clock: SimClock;
  readonly chance: Chance;
  readonly journal: Journal;
  readonly book: Book;
  /** `shut`: refuses connections; `stuck`: says nothing to them. */
  doors: 'open' | 'shut' | 'stuck' = 'open';
  loginsAre: 'answered' | 'ignored' = 'answered';
  joinsAre: 'answered' | 'ignored' = 'answered';
  hangsUp = false;
  readonly goodTokens = new Set<string>();
  readonly refusals = new Map<string, string>();
  readonly #plan: Plan;
  #client: Client | undefined;
  #sessions: SimSession[] = [];
  #opened = 0;
  #openings: number[] = [];
  #joins: number[] = [];
  #logins: number[] = [];

  constructor({ clock, chance, journal, book, plan }: TwitchOptions) {
    this.clock = clock;
    this.chance = chance;
    this.journal = journal;
    this.book = book;
    this.#plan = plan;
  }

  /** Another process: what it sent before is forgotten, for it is the process that keeps the pace. */
  connect(client: Client): OpenSocket {
    this.#client = client;
    this.#sessions = [];
    this.#openings = [];
    this.#joins = [];
    this.#logins = [];
    return (_url, events) => {
      this.#countOpening();
      const session = new SimSession(this, ++this.#opened, events);
      this.journal.note(`opens ${session.number}`);
      this.#sessions.push(session);
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
      ({ phase, goneAt }) => phase !== 'ended' || now - goneAt < RETIRING_MS,
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
    const isNewsOnTheWay = this.sessions.some(
      ({ client, channels }) =>
        client === 'reading' && channels.hasJustLost(saying.channel, this.clock.now()),
    );
    this.book.said(key, saying.channel, isNewsOnTheWay);
    this.journal.note(
      `says ${key} in ${saying.channel} to ${listeners.map(({ number }) => number).join(' ')}`,
    );
    if (listeners.length > 1) this.journal.count('chat: a line to two connections');
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
    this.#logins.push(this.clock.now());
    this.#checkRate('logins', this.#logins, LOGIN_LIMIT);
    if (this.loginsAre === 'ignored') return 'silence';
    return token === '' || this.goodTokens.has(token) ? 'welcome' : 'refused';
  }

  registered(session: SimSession): void {
    if (this.hangsUp) this.clock.outside(this.chance.whole(0, 500), () => session.end('close'));
  }

  /** Takes a JOIN in. @returns why it does not succeed */
  judge(channel: string): string | undefined {
    this.#joins.push(this.clock.now());
    this.#checkRate('JOINs', this.#joins, this.#plan.joinLimit);
    if (this.joinsAre === 'ignored') return 'silence';
    return this.refusals.get(channel);
  }

  /** We let go of a connection: whatever it read that is wanted has to be read by another one. */
  hungUp(session: SimSession): void {
    this.journal.note(`hangs up ${session.number}`);
    if (!session.isWell || this.#client?.isStopping !== false) return;
    const alone = [...session.channels.present].filter(([channel]) => !this.#isCovered(channel, session));
    if (alone.length === 0) return;
    if (this.#isOverdue(session)) return this.journal.count('chat: an overlap that time ended');
    for (const [channel, since] of alone) this.#leftAlone(channel, since, session);
  }

  /** Another connection reads it, or was told that it may not; or nobody wants it. */
  #isCovered(channel: string, session: SimSession): boolean {
    return !this.#client?.wants(channel) || this.#others(channel, session).some(isReading);
  }

  #others(channel: string, session: SimSession): readonly SimSession[] {
    return this.#sessions.filter((other) => other !== session && other.channels.isDecided(channel));
  }

  /** Another one should have taken over, and had the time that it may take. */
  #isOverdue(session: SimSession): boolean {
    const since = this.clock.now() - OVERLAP_MS;
    const isThere = (other: SimSession): boolean => isReading(other) && other.registeredAt <= since;
    return (
      session.outgoingSince <= since && this.#sessions.some((other) => other !== session && isThere(other))
    );
  }

  /** What speaks against it may have happened when it was decided already. */
  #leftAlone(channel: string, since: number, session: SimSession): void {
    const justNow = this.clock.now() - RETIRING_MS;
    const hasLostSuccessor = this.#others(channel, session).some(({ goneAt }) => goneAt > justNow);
    this.journal.check(
      hasLostSuccessor || since > justNow,
      () => `hung up connection ${session.number}, which alone read ${channel}`,
    );
    if (hasLostSuccessor) this.journal.count('chat: a connection let go while its successor died');
  }

  #checkRate(what: string, times: number[], limit: number): void {
    const first = times.at(-limit - 1) ?? -Infinity;
    if (times.length > limit) this.journal.count(`rate: more than the limit of ${what} in a life`);
    this.journal.check(this.clock.now() - first >= LIMIT_SPAN_MS, () => `more than ${limit} ${what} in 10 s`);
  }

  #countOpening(): void {
    const slots = Math.ceil(this.#plan.channels.length / this.#plan.channelsPerConnection);
    const limit = RETRY_LIMIT * slots;
    this.#openings = [...this.#openings, this.clock.now()].slice(-limit - 1);
    const first = this.#openings[this.#openings.length - limit - 1] ?? -Infinity;
    this.journal.check(
      this.clock.now() - first >= RETRY_SPAN_MS,
      () => `more than ${limit} connections opened in 30 s`,
    );
  }
}

function isReading({ client }: SimSession): boolean {
  return client === 'reading';
}
