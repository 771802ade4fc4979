import type { QueueStatus } from '../../gateway/status.ts';
import type { Journal } from './journal.ts';
import type { Plan } from './plan.ts';

/** One message is always let in, and one may wait for its commit, however large. */
const TWO_MESSAGES = 24_000;

/** That one process stays within its limits. */
export class RoomWatch {
  readonly #plan: Plan;
  readonly #journal: Journal;
  #hasSpilled = false;

  constructor({ plan, journal }: { plan: Plan; journal: Journal }) {
    this.#plan = plan;
    this.#journal = journal;
  }

  /** A message is turned away: where memory is all there is, it was full. */
  refused(size: number, { bytes }: QueueStatus): void {
    const { spool, queueMaxBytes } = this.#plan;
    this.#journal.check(
      spool !== 'off' || bytes + size > queueMaxBytes,
      () => `turned away ${size} bytes, with ${bytes} of ${queueMaxBytes} in memory`,
    );
  }

  /** @param ids how many it remembers */
  check({ inFlight, bytes, spooled }: QueueStatus, ids: number): void {
    const { maxInFlight, spool, queueMaxBytes, idsCount } = this.#plan;
    if (spooled > 0 && !this.#hasSpilled) this.#journal.count('queue: more than memory holds');
    this.#hasSpilled ||= spooled > 0;
    const room = queueMaxBytes + (spool === 'off' ? 0 : TWO_MESSAGES);
    this.#journal.check(inFlight <= maxInFlight, () => `${inFlight} in flight`);
    this.#journal.check(bytes <= room, () => `${bytes} bytes in memory`);
    this.#journal.check(ids <= 2 * idsCount, () => `${ids} ids remembered`);
  }
}
