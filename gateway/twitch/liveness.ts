/**
 * Is the link still there? One that died without a FIN says nothing at all, so silence is answered with a PING, and
 * silence after that is death. Anything heard since the PING is a sign of life: a PONG may queue behind a burst.
 */
export type Liveness = {
  /** Silence before our PING. */
  readonly idlePingMs: number;
  /** How long the silence may last after it. */
  readonly pongTimeoutMs: number;
  /** When the PING was sent whose PONG did not come yet; -Infinity: there is none. */
  readonly pingSentAt: number;
};

/** When to send a PING or to give up, should nothing be heard after `heardAt`. */
export function livenessDeadline(
  { idlePingMs, pongTimeoutMs, pingSentAt }: Liveness,
  heardAt: number,
): number {
  return heardAt >= pingSentAt ? heardAt + idlePingMs : pingSentAt + pongTimeoutMs;
}

export function isPingDue(liveness: Liveness, heardAt: number, now: number): boolean {
  return heardAt >= liveness.pingSentAt && now >= livenessDeadline(liveness, heardAt);
}

export function isDead(liveness: Liveness, heardAt: number, now: number): boolean {
  return heardAt < liveness.pingSentAt && now >= livenessDeadline(liveness, heardAt);
}
