import type { Paint } from '../terminal.ts';
import type { Tally } from './replay.ts';

const CELLS = 20;

export type Progress = {
  readonly tally: Tally;
  /** Of all inputs; undefined: not known before their end. */
  readonly totalBytes: number | undefined;
  readonly elapsedMs: number;
  /** Offered but not settled. */
  readonly queued: number;
};

/** How far it has got, in less than a line: `████░░░░ 42 %  1234 lines  321 lines/s  0:12 left`. */
export function progressLine({ tally, totalBytes, elapsedMs, queued }: Progress, paint: Paint): string {
  const { bytes, lines } = tally;
  const counted = [`${lines} lines`, `${rateOf(lines, elapsedMs)} lines/s`];
  if (totalBytes === undefined) return counted.join('  ');
  const share = totalBytes === 0 ? 1 : Math.min(1, bytes / totalBytes);
  const rest = share < 1 ? leftAfter(share, elapsedMs) : `${queued} on their way to the bus`;
  return [`${bar(share, paint)} ${Math.floor(share * 100)} %`, ...counted, rest].join('  ');
}

/** What was read: `3 inputs, 1234 lines in 2.1 s (587 lines/s); ignored: other_command 34`. */
export function summaryLine(tally: Tally, inputs: number, elapsedMs: number): string {
  const { lines } = tally;
  const seconds = (elapsedMs / 1000).toFixed(1);
  const ignored = Object.entries(tally.ignored).filter(([, count]) => count > 0);
  const said = ignored.map(([reason, count]) => `${reason} ${count}`).join(', ') || 'none';
  const read = `${inputs} ${inputs === 1 ? 'input' : 'inputs'}, ${lines} ${lines === 1 ? 'line' : 'lines'}`;
  return `${read} in ${seconds} s (${rateOf(lines, elapsedMs)} lines/s); ignored: ${said}`;
}

function bar(share: number, paint: Paint): string {
  const full = Math.round(share * CELLS);
  return paint('cyan', '█'.repeat(full)) + paint('dim', '░'.repeat(CELLS - full));
}

function leftAfter(share: number, elapsedMs: number): string {
  if (share === 0) return '';
  const seconds = Math.ceil((elapsedMs * (1 / share - 1)) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} left`;
}

function rateOf(lines: number, elapsedMs: number): number {
  return Math.round((lines * 1000) / Math.max(1, elapsedMs));
}
