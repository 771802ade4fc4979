import type { Chance } from './chance.ts';
import { framesOf, type Frame, type Line } from './framing.ts';
import type { SimClock } from './sim-clock.ts';

/** How long a server holds lines back, so that several share a frame. */
const HOLD_MS = 40;

/** Lines of a server, on their way into frames. */
export class Outbox {
  readonly #clock: SimClock;
  readonly #chance: Chance;
  readonly #send: (frame: Frame) => void;
  #held: Line[] = [];

  constructor(clock: SimClock, chance: Chance, send: (frame: Frame) => void) {
    this.#clock = clock;
    this.#chance = chance;
    this.#send = send;
  }

  say(lines: readonly Line[]): void {
    if (this.#held.length === 0) this.#clock.outside(this.#chance.whole(0, HOLD_MS), () => this.flush());
    this.#held.push(...lines);
  }

  flush(): void {
    const lines = this.#held.splice(0);
    if (lines.length > 0) for (const frame of framesOf(lines, this.#chance)) this.#send(frame);
  }
}
