import { pause } from '../../gateway/pause.ts';
import type { Clock, Random } from '../../gateway/clock.ts';
import { backoffMs } from '../../shared/backoff.ts';

const TRIES = 5;
const BASE_DELAY_MS = 500;
const MAX_DELAY_MS = 4000;

export type Surroundings = {
  readonly clock: Clock;
  readonly random: Random;
  /** Ends the attempts. */
  readonly signal: AbortSignal;
};

/**
 * Asks again, with pauses, while the trouble may pass by itself: the answer's kind is `unreachable` or `busy`.
 *
 * @param onTrouble is told of each such answer but the last
 * @returns the last answer
 */
export async function persistently<A extends object>(
  ask: () => Promise<A>,
  onTrouble: (answer: A) => unknown,
  { clock, random, signal }: Surroundings,
): Promise<A> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask();
    if (!mayPass(answer) || attempt === TRIES - 1 || signal.aborted) return answer;
    onTrouble(answer);
    await pause(clock, backoffMs(attempt, BASE_DELAY_MS, MAX_DELAY_MS, random), signal);
  }
}

function mayPass(answer: object): boolean {
  return 'kind' in answer && (answer.kind === 'unreachable' || answer.kind === 'busy');
}
