import type { Clock } from '../clock.ts';
import { awaitsTurn, isOverlap, retire } from './handover.ts';
import type { Link } from './link.ts';

/** How long the new connection may take for the last channels once it has asked for all. */
const OVERLAP_MS = 60_000;

/** Ends a handover that does not end by itself: the old connection goes, whatever the new one has joined. */
export class Overlap {
  readonly #clock: Pick<Clock, 'after'>;
  #links: readonly Link[] = [];
  #cancel: (() => void) | undefined;

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock;
  }

  /**
   * @param links of one slot, oldest first
   * @param isRefused of a channel
   */
  review(links: readonly Link[], isRefused: (channel: string) => boolean): void {
    this.#links = links;
    if (!isOverlap(links) || awaitsTurn(links, isRefused)) return this.stop();
    this.#cancel ??= this.#clock.after(OVERLAP_MS, () => {
      this.#cancel = undefined;
      retire(this.#links);
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
