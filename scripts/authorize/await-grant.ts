import { pause } from '../../gateway/pause.ts';
import type { Clock } from '../../gateway/clock.ts';
import type { TwitchIdFailure } from '../../gateway/credentials/twitch-id.ts';
import type { DeviceCode, Grant, NotYet } from './device-code.ts';

/** How much longer the interval gets with each `slow_down` (RFC 8628, 3.5). */
const SLOWER_MS = 5000;
/** The longest wait when no answer came: the person may be waiting for us. */
const MAX_RETRY_MS = 30_000;

export type AwaitOptions = {
  readonly code: DeviceCode;
  /** Asks once whether somebody has signed in. */
  readonly ask: () => Promise<Grant | NotYet | TwitchIdFailure>;
  readonly clock: Clock;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Twitch could not be asked; that is retried. */
  readonly onTrouble: (failure: TwitchIdFailure) => void;
};

export type NoGrant =
  | { readonly ok: false; readonly kind: 'expired' | 'ended' }
  | { readonly ok: false; readonly kind: 'refused'; readonly detail: string };

/**
 * Asks at the interval of the device code until somebody has signed in, Twitch refuses, the code has expired or the
 * signal aborts. Trouble on the way is waited out, at longer and longer intervals as RFC 8628 (3.5) demands.
 */
export async function awaitGrant(options: AwaitOptions): Promise<Grant | NoGrant> {
  const { code, ask, clock, signal, onTrouble } = options;
  const expiresAt = clock.now() + code.expiresIn * 1000;
  let intervalMs = code.interval * 1000;
  let retryMs = intervalMs;
  for (;;) {
    await pause(clock, Math.min(retryMs, expiresAt - clock.now()), signal);
    if (signal.aborted) return { ok: false, kind: 'ended' };
    if (clock.now() >= expiresAt) return { ok: false, kind: 'expired' };
    const answer = await ask();
    if (answer.ok) return answer;
    if (answer.kind === 'refused') return { ok: false, kind: 'refused', detail: answer.detail };
    if (answer.kind === 'slow_down') intervalMs += SLOWER_MS;
    const isTrouble = answer.kind === 'unreachable' || answer.kind === 'busy';
    retryMs = isTrouble ? Math.max(intervalMs, Math.min(2 * retryMs, MAX_RETRY_MS)) : intervalMs;
    if (isTrouble && !signal.aborted) onTrouble(answer);
  }
}
