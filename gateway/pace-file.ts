import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import type { Paced, PaceMemory } from './twitch/pace-memory.ts';

/** Longer than any span that matters. */
const KEPT_MS = 20_000;

/** In milliseconds since 1970: it must mean the same after a restart. */
type Sent = Record<Paced, readonly number[]>;

/**
 * Keeps in the data directory when JOINs and logins were last sent, so that a gateway that is restarted at once keeps
 * Twitch's limits, too. A file that cannot be read or written is no reason not to read chat: it is ignored.
 */
export function openPaceFile(dataDir: string, clock: Clock): PaceMemory {
  const path = join(dataDir, 'pace.json');
  const sent = readSent(path, clock.date());
  const toMonotonic = (at: number): number => clock.now() - (clock.date() - at);
  const young = (at: number): boolean => clock.date() - at < KEPT_MS;
  const monotonic = (times: readonly number[]): number[] => times.filter(young).map(toMonotonic);
  return {
    earlier: { joins: monotonic(sent.joins), logins: monotonic(sent.logins) },
    sending(what, times) {
      const offset = clock.date() - clock.now();
      sent[what] = [...sent[what], ...times.map((at) => Math.round(at + offset))].filter(young);
      try {
        writeFileSync(path, JSON.stringify(sent), { mode: 0o600 });
      } catch {
        return;
      }
    },
  };
}

function readSent(path: string, now: number): Sent {
  try {
    const { joins, logins } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Record<Paced, unknown>>;
    return { joins: timesIn(joins, now), logins: timesIn(logins, now) };
  } catch {
    return { joins: [], logins: [] };
  }
}

/** What lies in the future, by a clock that was set back, may have been sent just now: from now on it grows old. */
function timesIn(list: unknown, now: number): number[] {
  const times = Array.isArray(list) ? list.filter((at) => typeof at === 'number') : [];
  return times.map((at) => Math.min(at, now)).toSorted((a, b) => a - b);
}
