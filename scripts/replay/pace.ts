import { pause } from '../../gateway/pause.ts';
import type { Clock } from '../../gateway/clock.ts';

/** Waits until what happened at that time (milliseconds since 1970) is due again. */
export type Pace = (at: number) => Promise<void>;

/** A jump back by more than this starts another evening; a smaller one is two lines that came together. */
const ANOTHER_EVENING_MS = 60_000;
/** No timer takes weeks. */
const LONGEST_PAUSE_MS = 60 * 60 * 1000;

/** As the lines were received: a silence lasts as long as it did. Ends every wait when the signal aborts. */
export function recordedPace(clock: Clock, signal: AbortSignal): Pace {
  let latest: number | undefined;
  let dueAt = clock.now();
  return async (at) => {
    if (latest === undefined || at < latest - ANOTHER_EVENING_MS) latest = at;
    dueAt += Math.max(0, at - latest);
    latest = Math.max(latest, at);
    while (clock.now() < dueAt && !signal.aborted) {
      await pause(clock, Math.min(dueAt - clock.now(), LONGEST_PAUSE_MS), signal);
    }
  };
}
