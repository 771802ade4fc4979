import type { Clock } from '../clock.ts';
import type { PaceMemory } from './pace-memory.ts';

/**
 * Twitch counts the logins of an account in any 10 s (https://dev.twitch.tv/docs/chat/#rate-limits), by its own clock
 * and when they arrive; hence the margin.
 */
const LOGIN_SPAN_MS = 11_000;
const LOGIN_LIMIT = 20;

/**
 * The right to log in once, given back by one of these; a second call does nothing. `used`: the login is about to be
 * sent.
 */
export type LoginTurn = { used(): void; unused(): void };

/**
 * Who may open a connection. A handshake may take seconds, so it is not known yet when the login will be sent: a turn
 * counts from the opening until the span after the login is over, and no span ever has more logins than turns.
 */
export class LoginTurns {
  readonly #clock: Clock;
  readonly #memory: PaceMemory;
  /** Turns whose login has yet to be sent. */
  #held = 0;
  /** When the logins of the last span were sent. */
  #logins: readonly number[];
  #waiting: readonly (() => void)[] = [];
  #cancel = (): void => {};

  constructor(clock: Clock, memory: PaceMemory) {
    this.#clock = clock;
    this.#memory = memory;
    this.#logins = memory.earlier.logins;
  }

  /** Undefined: none is left. */
  take(): LoginTurn | undefined {
    if (this.#left() <= 0) return undefined;
    this.#held += 1;
    let held = true;
    const release = (): boolean => {
      const wasHeld = held;
      if (held) this.#held -= 1;
      held = false;
      return wasHeld;
    };
    return {
      used: () => {
        if (release()) this.#note(this.#clock.now());
        this.#arm();
      },
      unused: () => {
        if (release()) this.#serve();
      },
    };
  }

  /** Calls `task`, never at once, when `take` will succeed; first come, first served. @returns cancels it */
  wait(task: () => void): () => void {
    const waiter = (): void => task();
    this.#waiting = [...this.#waiting, waiter];
    this.#arm();
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== waiter);
      this.#arm();
    };
  }

  #note(at: number): void {
    this.#logins = [...this.#logins, at];
    this.#memory.sending('logins', [at]);
  }

  #left(): number {
    const now = this.#clock.now();
    this.#logins = this.#logins.filter((at) => at + LOGIN_SPAN_MS > now);
    return LOGIN_LIMIT - this.#held - this.#logins.length;
  }

  #serve(): void {
    while (this.#waiting.length > 0 && this.#left() > 0) {
      const [first, ...rest] = this.#waiting;
      this.#waiting = rest;
      first?.();
    }
    this.#arm();
  }

  /** Comes back when the oldest login is forgotten, if anybody is waiting. */
  #arm(): void {
    this.#cancel();
    const [oldest] = this.#logins;
    if (this.#waiting.length === 0 || oldest === undefined) return;
    this.#cancel = this.#clock.after(oldest + LOGIN_SPAN_MS - this.#clock.now(), () => this.#serve());
  }
}
