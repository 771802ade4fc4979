/**
 * Time and chance are parameters, so that a test or a simulation can be their only source.
 *
 * `now` is monotonic and serves deadlines and durations; `date` is the wall clock and serves time stamps.
 * There are two because an NTP step must neither fire a deadline nor hide one.
 */
export type Clock = {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Milliseconds since 1970, UTC. */
  date(): number;
  /** Runs `task` once after `ms`; the returned function cancels it. */
  after(ms: number, task: () => void): () => void;
};

/** A number in [0, 1), like `Math.random`. */
export type Random = () => number;

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};
