import { median, spread, type Rounds } from './rounds.ts';

/** One kind of figure from one part, for everybody who took part. */
export type Table = {
  readonly title: string;
  readonly unit: string;
  readonly figures: Rounds<number>;
};

/** What has to hold: a ratio of two medians, or a median. */
export type Demand = {
  readonly text: string;
  readonly actual: number;
  readonly atLeast?: number;
  readonly atMost?: number;
};

/** One column of figures that have several. */
export function column<T>(rounds: Rounds<T>, pick: (figure: T) => number): Rounds<number> {
  return new Map(Array.from(rounds, ([name, figures]) => [name, figures.map(pick)]));
}

/** The median of somebody's figures. */
export function medianOf(figures: Rounds<number>, name: string): number {
  return median(figures.get(name) ?? []);
}

/** In Markdown, as `docs/performance.md` has it. */
export function tableText({ title, unit, figures }: Table): string {
  const rows = Array.from(figures, ([name, values]) => [name, shown(median(values)), `± ${percent(values)}`]);
  const head = [[title, unit, 'spread']];
  const widths = [0, 1, 2].map((at) => Math.max(...[...head, ...rows].map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [...head.map(line), rule, ...rows.map(line)].join('\n');
}

export function demandText(demand: Demand): string {
  const { text, actual, atLeast = -Infinity, atMost = Infinity } = demand;
  const wanted = atLeast > -Infinity ? `at least ${atLeast}` : `at most ${atMost}`;
  return `${isMet(demand) ? 'met   ' : 'MISSED'}  ${text}: ${shown(actual)} (${wanted})`;
}

export function isMet({ actual, atLeast = -Infinity, atMost = Infinity }: Demand): boolean {
  return actual >= atLeast && actual <= atMost;
}

function shown(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

function percent(values: readonly number[]): string {
  return `${Math.round(spread(values) * 100)} %`;
}
