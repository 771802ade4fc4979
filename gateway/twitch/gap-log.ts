import type { Gap } from '../status.ts';
import { ENDINGS } from './endings.ts';
import { REFUSALS } from './refusals.ts';
import type { Span } from './unread.ts';

/** Why a channel was not read: its connection ended, or the channel itself was refused. */
export const GAP_REASONS = [...ENDINGS, ...REFUSALS] as const;
export type GapReason = (typeof GAP_REASONS)[number];
export type ClosedGap = { readonly from: number; readonly to: number; readonly reason: GapReason };

const MAX_GAPS = 10;

/** When nobody was reading one channel: the last ten gaps, in milliseconds since 1970. */
export class GapLog {
  #open: { readonly from: number; readonly to: null; readonly reason: GapReason } | undefined;
  #closed: readonly ClosedGap[] = [];

  /** Spans in order, of which the last may be open. @returns those that have an end */
  add(spans: readonly Span[], reason: GapReason): readonly ClosedGap[] {
    const open = spans.find(({ to }) => to === Infinity);
    if (open) this.#open = { from: open.from, to: null, reason: this.#open?.reason ?? reason };
    const gaps = spans.filter(({ to }) => to < Infinity).map(({ from, to }) => ({ from, to, reason }));
    this.#closed = [...this.#closed, ...gaps].slice(-MAX_GAPS);
    return gaps;
  }

  /** @returns the gap that was open */
  close(to: number): ClosedGap | undefined {
    if (!this.#open) return undefined;
    // The wall clock may have been set back meanwhile.
    const gap = { ...this.#open, to: Math.max(to, this.#open.from) };
    this.#open = undefined;
    this.#closed = [...this.#closed, gap].slice(-MAX_GAPS);
    return gap;
  }

  list(): readonly Gap[] {
    return this.#open ? [...this.#closed, this.#open].slice(-MAX_GAPS) : this.#closed;
  }
}
