import type { BusEvents } from '../../gateway/bus/bus.ts';
import { createDelivery, type Delivery } from '../../gateway/delivery.ts';
import { drain } from '../../gateway/drain.ts';
import { createIngest } from '../../gateway/ingest.ts';
import { isBalanced, Ledger } from '../../gateway/ledger.ts';
import type { QueuedMessage } from '../../gateway/publish/queued-message.ts';
import type { HeardLine } from '../../shared/heard-line.ts';
import { RecentIds } from '../../shared/recent-ids.ts';
import { subjectsFor } from '../../shared/subjects.ts';
import { startSupervisor, type Supervisor } from '../../gateway/twitch/supervisor.ts';
import { chanceOf } from './chance.ts';
import { Death } from './death.ts';
import { DeliveryWatch } from './delivery-watch.ts';
import { IntakeWatch } from './intake-watch.ts';
import { ProcessClock } from './process-clock.ts';
import { deliveryConfig, SHUTDOWN_TIMEOUT_MS, supervisorSettings } from './settings.ts';
import { RoomWatch } from './room-watch.ts';
import { SimBus } from './sim-bus.ts';
import type { Client } from './sim-twitch.ts';
import { listen } from './telemetry.ts';
import { Told } from './told.ts';
import type { World } from './world.ts';

/** Names no directory: the logs of a simulated process live on the simulated disk. */
const DATA_DIR = '/simulated';
export const SPOOL = `${DATA_DIR}/spool.sqlite`;
export const DEAD_LETTERS = `${DATA_DIR}/dead-letters.sqlite`;

/** One process, from its start to its end: the production parts as the gateway connects them. */
export class Life implements Client {
  readonly ledger = new Ledger();
  readonly told: Told;
  readonly watch: DeliveryWatch;
  readonly clock: ProcessClock;
  readonly delivery: Delivery;
  readonly supervisor: Supervisor;
  readonly ids: RecentIds;
  readonly death = new Death();
  wanted: ReadonlySet<string>;
  hasChangedChannels = false;
  /** `stopping`: by SIGTERM; `over`: it has stopped by itself. */
  phase: 'running' | 'stopping' | 'over' | 'dead' = 'running';
  readonly staysLocal = new Set<string>();
  reordered = 0;
  diskFailed = false;
  /** Lines of chat that it was given. */
  heard = 0;
  #seen = { queued: 0, heard: 0 };
  readonly #world: World;
  readonly #ingest: (line: HeardLine) => void;
  readonly #intake: IntakeWatch;
  readonly #room: RoomWatch;
  #bus: SimBus | undefined;

  constructor(world: World, number: number) {
    const { plan, clock, journal, book, disk } = world;
    this.#world = world;
    this.wanted = new Set(plan.channels);
    this.told = new Told(journal);
    this.watch = new DeliveryWatch(book, journal, () => this.delivery.degraded());
    this.#intake = new IntakeWatch(world, this.watch);
    this.#room = new RoomWatch(world);
    this.clock = new ProcessClock(clock, () => this.isAlive);
    this.ids = new RecentIds(plan.idsMs, plan.idsCount);
    const { random } = chanceOf(plan.seed, 100 + number);
    const subjects = subjectsFor('');
    const telemetry = listen(this, world);
    this.delivery = createDelivery({
      config: deliveryConfig(plan),
      clock: this.clock,
      random,
      dataDir: DATA_DIR,
      subjects,
      ledger: this.ledger,
      telemetry,
      openBus: (events) => this.#openBus(events),
      openLog: disk.opener(() => this.effect(), this.#onFull),
    });
    this.#ingest = createIngest({
      ledger: this.ledger,
      recentIds: this.ids,
      clock,
      subject: subjects.ingress,
      finalizationDestination: 'internal.finalizer.v1',
      offer: (queued) => this.#offer(queued),
    });
    this.delivery.start();
    this.supervisor = startSupervisor({
      ...supervisorSettings(plan),
      clock: this.clock,
      random,
      paceMemory: disk.paceMemory(),
      openSocket: world.twitch.connect(this),
      onChatLine: (line) => this.#onChatLine(line),
      events: telemetry.chat,
    });
  }

  get isAlive(): boolean {
    return this.phase !== 'dead' && this.phase !== 'over';
  }

  /** It has stopped by itself. */
  get isOver(): boolean {
    return this.phase === 'over';
  }

  get isStopping(): boolean {
    return this.phase !== 'running';
  }

  wants(channel: string): boolean {
    return this.wanted.has(channel);
  }

  effect(): boolean {
    if (this.isAlive && this.death.strikes()) this.#world.kill(this);
    return this.isAlive;
  }

  linkChanged(isUp: boolean): void {
    if (!this.isAlive) return;
    if (isUp) this.death.linked();
    if (isUp) this.#bus?.connect();
    else this.#bus?.disconnect();
  }

  streamRemade(): void {
    if (this.isAlive) this.#bus?.lookAtStream();
  }

  setChannels(channels: readonly string[]): void {
    this.wanted = new Set(channels);
    this.hasChangedChannels = true;
    this.supervisor.setChannels(channels);
  }

  /** Lines that are not in the ledger yet, since their write is not committed. */
  get uncounted(): number {
    return this.heard - this.ledger.received;
  }

  /** SIGTERM. @returns what it said that the stop lost */
  async stop(): Promise<number> {
    this.phase = 'stopping';
    await drain(this.supervisor, this.delivery, SHUTDOWN_TIMEOUT_MS, this.clock);
    if (this.phase === 'stopping') this.phase = 'over';
    return this.ledger.dropped.shutdown;
  }

  /** By the ledger as it was last seen, and what came since. */
  get mayBeLost(): number {
    return Math.max(this.delivery.queue.queued, this.#seen.queued + this.heard - this.#seen.heard);
  }

  /** What must hold after every event. */
  check(): void {
    const { journal, plan } = this.#world;
    const { ledger, delivery } = this;
    const snapshot = ledger.snapshot(delivery.queue.queued);
    journal.check(isBalanced(snapshot), () => `the ledger does not balance: ${JSON.stringify(snapshot)}`);
    this.told.check(ledger);
    this.watch.check(ledger);
    journal.check(
      this.uncounted === 0 || (plan.spool === 'always' && this.uncounted > 0),
      () => `${this.uncounted} lines are not in the ledger`,
    );
    this.#seen = { queued: snapshot.queued, heard: this.heard };
    this.#room.check(delivery.queue.status(), this.ids.size);
  }

  #openBus(events: BusEvents): SimBus {
    const { clock, journal, server, twitch, plan } = this.#world;
    this.#bus = new SimBus(
      {
        clock,
        journal,
        server,
        watch: this.watch,
        latency: twitch.latency,
        mayRead: plan.mayReadStream,
        readingMs: plan.readingMs,
        later: (ms, task) => clock.arrive(ms, () => this.isAlive && task()),
        effect: () => this.effect(),
      },
      events,
    );
    return this.#bus;
  }

  #onChatLine(line: HeardLine): void {
    if (!this.isAlive) return;
    const { book, journal } = this.#world;
    const id = book.heard(line);
    const repeats = this.ledger.duplicates.gateway;
    journal.note(`hears ${id}`);
    this.heard++;
    this.#ingest(line);
    if (this.isAlive && this.ledger.duplicates.gateway > repeats) this.#intake.repeated(id);
  }

  readonly #onFull = (path: string, messageIds: readonly string[]): void => {
    if (path === SPOOL) this.#intake.hadNoRoom(messageIds);
  };

  /** It says that it lost so many for want of room. */
  lostForRoom(count: number): void {
    this.#intake.lostForRoom(count, this.diskFailed || this.isStopping);
  }

  #offer(queued: QueuedMessage): boolean {
    const kept = this.#intake.offered(queued);
    this.watch.kept(kept);
    const isTaken = this.delivery.queue.offer(queued);
    if (!isTaken) this.#room.refused(queued.bytes, this.delivery.queue.status());
    if (!isTaken) this.watch.settled(kept.id);
    this.#intake.answered(kept, isTaken);
    return isTaken;
  }
}
