import { Book } from './book.ts';
import { Contents } from './contents.ts';
import { chanceOf, type Chance } from './chance.ts';
import { SimDisk } from './disk.ts';
import { isEasilyDrained } from './easily-drained.ts';
import { Journal } from './journal.ts';
import { homeless } from './homeless.ts';
import { Life, SPOOL } from './life.ts';
import type { Plan } from './plan.ts';
import { SHUTDOWN_TIMEOUT_MS, FIRST_TOKEN } from './settings.ts';
import { SimClock } from './sim-clock.ts';
import { SimServer, type Mood } from './sim-server.ts';
import { SimTwitch } from './sim-twitch.ts';
import { SimStream } from './stream.ts';

const NOT_JOINED = 'not joined yet';
/** How long an event loop may have stood still in the time of a stop. */
const STALLS_MS = 10_000;
const UNWANTED = 'not wanted';

/** Everything there is in one run: the outside, and one process after another in it. */
export class World {
  readonly plan: Plan;
  readonly clock = new SimClock();
  readonly journal: Journal;
  readonly chance: Chance;
  readonly book: Book;
  readonly contents: Contents;
  readonly twitch: SimTwitch;
  readonly server: SimServer;
  readonly disk: SimDisk;
  life: Life;
  lives = 0;
  /** The troubles are over. */
  isCalm = false;
  /** The last one that the process was given. */
  token: string | undefined;
  #tokens = 0;
  #unplanned = 0;

  constructor(plan: Plan, keepsEvents: boolean) {
    const { clock } = this;
    this.plan = plan;
    this.journal = new Journal(clock, keepsEvents);
    this.chance = chanceOf(plan.seed, 2);
    const { journal, chance } = this;
    this.book = new Book(clock, journal, plan);
    this.contents = new Contents(clock, journal);
    const { book, contents } = this;
    this.twitch = new SimTwitch({ clock, chance, journal, book, contents, plan });
    this.twitch.goodTokens.add(FIRST_TOKEN);
    const stream = new SimStream(clock, plan.windowMs);
    stream.fill(plan.others);
    this.server = new SimServer(stream, plan.ackDelayMs, chance, journal);
    this.server.onStored = (sequence, message) => contents.stored(sequence, message);
    this.server.onTwice = (id) => this.#storedTwice(id);
    this.disk = new SimDisk(journal);
    this.life = this.#start();
  }

  /** Kills the process: from now on it does nothing to the world. */
  kill(life: Life): void {
    if (!life.isAlive) return;
    const { journal } = this;
    journal.note('killed');
    journal.count(life.phase === 'stopping' ? 'process: killed while it stops' : 'process: killed');
    const allowed = this.plan.spool === 'always' && !life.diskFailed ? 0 : life.mayBeLost;
    const { uncounted } = life;
    life.phase = 'dead';
    this.#bury(life, allowed + uncounted);
  }

  /** SIGTERM: whatever it cannot send is on the disk, or it says how much it lost. */
  async terminate(): Promise<void> {
    const { life, journal, clock } = this;
    if (life.phase !== 'running') return;
    journal.note('SIGTERM');
    journal.count(life.delivery.queue.queued > 0 ? 'process: stopped with a queue' : 'process: stopped');
    if (this.twitch.sessions.some(({ phase, isRegistered }) => phase !== 'ended' && !isRegistered))
      journal.count('process: stopped while it connects');
    for (const channel of life.wanted) this.book.unread(channel).open(NOT_JOINED, clock.now());
    const began = clock.now();
    clock.outside(SHUTDOWN_TIMEOUT_MS, () => this.#checkOver(life, clock.stalledAt >= began));
    clock.outside(SHUTDOWN_TIMEOUT_MS + STALLS_MS, () => this.#checkOver(life, false));
    const isEasy = isEasilyDrained(this);
    const lost = await life.stop();
    if (!life.isOver) return;
    journal.note(`stopped, lost ${lost}`);
    life.check();
    journal.check(life.clock.timers === 0, () => `${life.clock.timers} timers are left after the stop`);
    journal.check(life.uncounted === 0, () => `${life.uncounted} lines are not in the ledger after the stop`);
    this.#checkLeft(life);
    if (isEasy && isEasilyDrained(this))
      journal.check(life.delivery.queue.queued + lost === 0, () => 'the bus was well, and not all was sent');
    this.#bury(life, lost);
  }

  /** A channel is wanted or not. */
  setChannels(channels: readonly string[]): void {
    const { life, book, clock } = this;
    if (life.phase !== 'running') return;
    for (const channel of this.plan.channels) {
      const isWanted = channels.includes(channel);
      if (isWanted && !life.wants(channel)) book.unread(channel).open(NOT_JOINED, clock.now());
      if (isWanted) book.unread(channel).close(UNWANTED, clock.now());
      else book.unread(channel).open(UNWANTED, clock.now());
      if (!isWanted) this.#excuseDeadLinks(channel);
      if (!isWanted) this.twitch.reading.startsOver(channel);
    }
    life.setChannels(channels);
  }

  turn(mood: Mood): void {
    this.server.turn(mood);
    if (mood === 'down') this.clock.arrive(0, () => this.life.linkChanged(false));
    else
      this.clock.arrive(this.chance.whole(50, 400), () => this.life.linkChanged(this.server.mood !== 'down'));
  }

  remakeStream(): void {
    this.server.stream.remake();
    this.clock.arrive(this.chance.whole(0, 2_000), () => this.life.streamRemade());
  }

  /** A line that no plan has. @returns its key */
  say(channel: string): string {
    const key = `k${this.plan.sayings.length + this.#unplanned++}`;
    this.twitch.say(key, { at: this.clock.now(), channel, kind: 'plain' });
    return key;
  }

  /** A name for a token that was never used before. */
  newToken(): string {
    return `token${++this.#tokens}`;
  }

  #start(): Life {
    const { clock, book, journal, disk } = this;
    const left = disk.idsIn(SPOOL);
    for (const channel of this.plan.channels) book.unread(channel).open(NOT_JOINED, clock.now());
    journal.note(`starts with ${left.length} in the spool`);
    if (left.length > 0) journal.count('process: started with a spool');
    this.token = this.plan.hasAccount ? FIRST_TOKEN : undefined;
    this.life = new Life(this, ++this.lives);
    for (const id of left) {
      const kept = book.kept.get(id);
      journal.check(kept !== undefined, () => `${id} is in the spool and was never taken over`);
      if (kept) this.life.watch.kept(kept);
    }
    return this.life;
  }

  /** @param allowed how many messages it may have lost */
  #bury(life: Life, allowed: number): void {
    const { twitch, book, clock, journal, chance } = this;
    const lost = homeless(this);
    for (const kept of lost) kept.isLost = true;
    const most = allowed + life.told.lettersLost;
    journal.check(
      lost.length <= most,
      () => `lost ${lost.map(({ id }) => id).join(', ')}; allowed are ${most}`,
    );
    for (const channel of this.plan.channels) {
      book.unread(channel).open(NOT_JOINED, clock.now());
    }
    for (const { channel, gaps } of life.supervisor.status().channels)
      for (const { from, to } of gaps)
        if (to === null) book.unread(channel).add(from - clock.date() + clock.now(), clock.now());
    for (const channel of this.plan.channels) this.#excuseDeadLinks(channel);
    twitch.disconnect();
    clock.outside(chance.whole(100, 8_000), () => this.#start());
  }

  /** @param isExcused the event loop stood still meanwhile */
  #checkOver(life: Life, isExcused: boolean): void {
    this.journal.check(life.phase !== 'stopping' || isExcused, () => 'the stop does not end in its time');
  }

  /** What counts as queued is on the disk, and nothing else. */
  #checkLeft(life: Life): void {
    const left = this.disk.idsIn(SPOOL).length;
    const { queued } = life.delivery.queue;
    this.journal.check(life.diskFailed || left === queued, () => `${queued} queued, ${left} in the spool`);
  }

  /** What a dead link cost is found out after a while; whoever gives the channel up before, or dies, never tells it. */
  #excuseDeadLinks(channel: string): void {
    for (const { cutAt, channels } of this.twitch.sessions)
      if (channels.isDecided(channel)) this.book.unread(channel).add(cutAt, this.clock.now());
  }

  /** In the end: nothing is missing. */
  checkKept(): void {
    const missing = homeless(this).map(({ id }) => id);
    this.journal.check(missing.length === 0, () => `missing in the end: ${missing.join(', ')}`);
  }

  #storedTwice(id: string): void {
    // A letter is brought to the bus at least once: whoever redrives it sends its message once.
    if (id.startsWith('dl:')) return;
    const kept = this.book.kept.get(id);
    if (this.plan.mayReadStream && !kept?.isRepeated && !kept?.isUnnoted)
      this.journal.fail(`${id} is stored twice`);
  }
}
