import type { World } from './world.ts';

/** After so long no backoff is left from earlier troubles; and so long a queue may be drained. */
const QUIET_MS = 6_000;
const DRAIN_MS = 5_000;

/** Nothing has been wrong with the bus, and it can take what is queued soon. */
export function isEasilyDrained({ server, clock, plan, life }: World): boolean {
  const { queued } = life.delivery.queue;
  const quietMs = clock.now() - Math.max(clock.stalledAt, server.moodSince);
  const neededMs = queued * (2 * plan.latencyMs[1] + plan.ackDelayMs);
  // What is unsure is looked for before anything is sent.
  const lookMs = server.stream.messages.length * plan.readingMs;
  // What is answered with an unknown error is tried again and again before it is a dead letter.
  const isSound = plan.sayings.every(({ kind }) => kind !== 'unknown_error');
  const isQuiet = server.mood === 'well' && quietMs > QUIET_MS;
  return isQuiet && isSound && !life.diskFailed && neededMs + lookMs < DRAIN_MS;
}
