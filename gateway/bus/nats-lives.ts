import { backoffMs } from '../../shared/backoff.ts';
import type { Clock, Random } from '../clock.ts';
import type { NatsTimings } from './nats-options.ts';
import { pause } from '../pause.ts';

/**
 * One life after another until the signal aborts: one that lasted is replaced at once, one that did not after a growing
 * pause, so that a server that accepts connections only to end them is not hammered.
 *
 * @param oneLife returns for how long the link was up, in milliseconds
 */
export async function liveAgain(
  oneLife: () => Promise<number>,
  { reconnectBaseMs, reconnectMaxMs }: NatsTimings,
  { clock, random, signal }: { clock: Clock; random: Random; signal: AbortSignal },
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const lastedMs = await oneLife();
    failures = lastedMs > reconnectMaxMs ? 0 : failures + 1;
    if (failures === 0) continue;
    await pause(clock, backoffMs(failures - 1, reconnectBaseMs, reconnectMaxMs, random), signal);
  }
}
