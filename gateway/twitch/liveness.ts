/**
 * Is the link still there? One that died without a FIN says nothing at all, so silence is answered with a PING. If that
 * stays unanswered the link is stalled, and it is time to open another; after as long again it is dead.
 * Anything heard since the PING is a sign of life: a PONG may queue behind a burst.
 */
export type Liveness = {
  /** Silence before our PING. */
  readonly idlePingMs: number;
  /** How long the silence may go on after it. */
  readonly pongTimeoutMs: number;
  /** How many PINGs have no PONG yet: anything heard after one lets the next be sent. */
  readonly unanswered: number;
  /** When the last of them was sent; -Infinity: there is none. */
  readonly pingSentAt: number;
  /** That PONG was found overdue. */
  readonly stalled: boolean;
};

/** When `judge` has something to say, should nothing be heard after `heardAt`. */
export function livenessDeadline(
  { idlePingMs, pongTimeoutMs, pingSentAt, stalled }: Liveness,
  heardAt: number,
): number {
  if (heardAt >= pingSentAt) return heardAt + idlePingMs;
  return pingSentAt + pongTimeoutMs * (stalled ? 2 : 1);
}

export function pinged(liveness: Liveness, now: number): Liveness {
  return { ...liveness, unanswered: liveness.unanswered + 1, pingSentAt: now, stalled: false };
}

/** They come in the order of the PINGs. */
export function ponged(liveness: Liveness): Liveness {
  const unanswered = liveness.unanswered - 1;
  return {
    ...liveness,
    unanswered,
    pingSentAt: unanswered > 0 ? liveness.pingSentAt : -Infinity,
    stalled: false,
  };
}

/** `ping`: one is due. `stalled`: the PONG is overdue; said once. */
export function judge(
  liveness: Liveness,
  heardAt: number,
  now: number,
): 'well' | 'ping' | 'stalled' | 'dead' {
  if (now < livenessDeadline(liveness, heardAt)) return 'well';
  if (heardAt >= liveness.pingSentAt) return 'ping';
  return liveness.stalled ? 'dead' : 'stalled';
}

/** Nothing has followed our PING yet. */
export function isPinged({ pingSentAt }: Liveness, heardAt: number): boolean {
  return heardAt < pingSentAt;
}

/** Found stalled, and not a sign of life since. */
export function isSilent({ pingSentAt, stalled }: Liveness, heardAt: number): boolean {
  return stalled && heardAt < pingSentAt;
}
