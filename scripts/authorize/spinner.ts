import type { Clock } from '../../gateway/clock.ts';
import { Progress } from '../progress.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;

type Output = { readonly isTTY?: boolean; write(text: string): unknown };

export type Spinner = {
  /** A line of its own, above the spinner. */
  note(text: string): void;
  stop(): void;
};

/** Shows that something is being waited for: on a terminal it spins, elsewhere it is one line. */
export function startSpinner(output: Output, clock: Clock, text: () => string): Spinner {
  const progress = new Progress(output, clock);
  const note = (line: string) => {
    progress.clear();
    output.write(`${line}\n`);
  };
  if (output.isTTY !== true) {
    note(text());
    return { note, stop: () => undefined };
  }
  let cancel: (() => void) | undefined;
  const turn = (frame: number): void => {
    progress.show(`${FRAMES[frame % FRAMES.length]} ${text()}`);
    cancel = clock.after(FRAME_MS, () => turn(frame + 1));
  };
  turn(0);
  const stop = () => {
    cancel?.();
    progress.clear();
  };
  return { note, stop };
}
