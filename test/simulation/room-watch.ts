import type { QueueStatus } from '../../gateway/status.ts';
import type { Journal } from './journal.ts';
import type { Plan } from './plan.ts';
import type { SimClock } from './sim-clock.ts';

/** What may come within 10 ms, and waits for its commit beside what memory may hold. */
const STAGED_BYTES = 40_000;
/** And if the event loop stood still, and all that was said meanwhile comes at once. */
const STALLED_BYTES = 200_000;

/** That one process stays within its limits. */
export class RoomWatch {
  readonly #plan: Plan;
  readonly #journal: Journal;
  readonly #clock: SimClock;
  #hasSpilled = false;

  constructor({ plan, journal, clock }: { plan: Plan; journal: Journal; clock: SimClock }) {
    this.#plan = plan;
    this.#journal = journal;
    this.#clock = clock;
  }

  /** @param ids how many it remembers */
  check({ inFlight, bytes, spooled }: QueueStatus, ids: number): void {
    const { maxInFlight, spool, queueMaxBytes, idsCount } = this.#plan;
    if (spooled > 0 && !this.#hasSpilled) this.#journal.count('queue: more than memory holds');
    this.#hasSpilled ||= spooled > 0;
    const staged = this.#clock.stalledAt === -Infinity ? STAGED_BYTES : STALLED_BYTES;
    const room = queueMaxBytes + (spool === 'off' ? 0 : staged);
    this.#journal.check(inFlight <= maxInFlight, () => `${inFlight} in flight`);
    this.#journal.check(bytes <= room, () => `${bytes} bytes in memory`);
    this.#journal.check(ids <= 2 * idsCount, () => `${ids} ids remembered`);
  }
}
