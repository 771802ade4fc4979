import type { Clock } from '../gateway/clock.ts';

/** How often a line is written where nobody can see it change. */
const LINE_MS = 5000;
const CLEAR_LINE = '\r\u001b[K';

type Output = { readonly isTTY?: boolean; write(text: string): unknown };

/** How far a long job has got: on a terminal one line that changes, elsewhere a line every five seconds. */
export class Progress {
  readonly #output: Output;
  readonly #clock: Clock;
  #lineAt: number;
  #isShown = false;

  constructor(output: Output, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
    this.#lineAt = clock.now();
  }

  show(text: string): void {
    if (this.#output.isTTY === true) {
      this.#output.write(`${CLEAR_LINE}${text}`);
      this.#isShown = true;
    } else if (this.#clock.now() - this.#lineAt >= LINE_MS) {
      this.#output.write(`${text}\n`);
      this.#lineAt = this.#clock.now();
    }
  }

  /** Makes room for another line; `show` brings it back. */
  clear(): void {
    if (this.#isShown) this.#output.write(CLEAR_LINE);
    this.#isShown = false;
  }
}
