import type { Ending } from './endings.ts';
import type { Refusal } from './refusals.ts';

/** What a session wants to be done. */
export type Output =
  /** One line, without its ending. */
  | { readonly kind: 'send'; readonly line: string }
  | { readonly kind: 'close' }
  /** The login was sent. */
  | { readonly kind: 'login' }
  | { readonly kind: 'registered' }
  | { readonly kind: 'joined'; readonly channel: string }
  /** `answered`: by the server; else it was given up. */
  | { readonly kind: 'parted'; readonly channel: string; readonly answered: boolean }
  | { readonly kind: 'refused'; readonly channel: string; readonly refusal: Refusal }
  | { readonly kind: 'round_trip'; readonly ms: number }
  /** A registered session should be replaced: the server wants that, or no longer answers. */
  | { readonly kind: 'outgoing'; readonly why: 'reconnect_requested' | 'ping_timeout' }
  /** A message that nobody needs. */
  | { readonly kind: 'ignored' }
  /** The last output of a session. `silent`: nobody knows whether all that was said to us has arrived. */
  | { readonly kind: 'ended'; readonly ending: Ending; readonly detail: string; readonly silent: boolean };

/** The state after an input, and what to do about it, in order. */
export type Step<S> = { readonly session: S; readonly outputs: readonly Output[] };

export function stepTo<S>(session: S, ...outputs: readonly Output[]): Step<S> {
  return { session, outputs };
}

export function ignore<S>(session: S): Step<S> {
  return stepTo(session, { kind: 'ignored' });
}

export function send(line: string): Output {
  return { kind: 'send', line };
}
