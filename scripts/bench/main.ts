import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { BadUse } from '../bad-use.ts';
import { readOptions, type Options, type Part } from './options.ts';
import { delays, flooding, mapping, parsing, starting, type Measured } from './parts/measured.ts';
import { demandText, isMet, tableText } from './report.ts';
import { svg } from './svg.ts';

const GROWTH_SVG = join(import.meta.dirname, '../../docs/performance-growth.svg');

type Measure = (rounds: number, progress: (what: string) => void) => Promise<Measured>;

/** In this order. Memory is seen in the flood. */
const MEASURES: readonly (readonly [measure: Measure, parts: readonly Part[]])[] = [
  [parsing, ['parse']],
  [mapping, ['envelope']],
  [flooding, ['flood', 'memory']],
  [delays, ['latency']],
  [starting, ['start']],
];

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  console.log(`${machine()}\n`);
  await (options.growth ? grow(options) : compare(options));
}

async function compare({ parts, rounds, json }: Options): Promise<void> {
  const all: Measured[] = [];
  for (const [measure, names] of MEASURES) {
    if (!names.some((name) => parts.has(name))) continue;
    const measured = await measure(rounds, (what) => process.stderr.write(`${names[0]}: ${what}\n`));
    all.push(measured);
    console.log(measured.tables.map((table) => `${tableText(table)}\n`).join('\n'));
  }
  const demands = all.flatMap((measured) => measured.demands);
  console.log(demands.map(demandText).join('\n'));
  const raw = Object.assign({ machine: machine(), rounds }, ...all.map((measured) => measured.raw)) as object;
  if (json !== undefined) await writeFile(json, `${JSON.stringify(raw, null, 2)}\n`);
  if (!demands.every(isMet)) process.exitCode = 1;
}

async function grow({ rounds }: Options): Promise<void> {
  const { growth } = await import('./parts/growth.ts');
  const curves = growth(rounds);
  for (const { name, points } of curves) {
    console.log(`${name}: ${points.map(([x, us]) => `${x}: ${us.toFixed(1)} µs`).join(', ')}`);
  }
  await writeFile(GROWTH_SVG, svg(curves));
}

function machine(): string {
  const pinned = availableParallelism() > 1 ? 'subject and world pinned apart' : 'everything on one core';
  return `${availableParallelism()} cores, ${cpus()[0]?.model}; Node ${process.versions.node}; ${pinned}`;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BadUse)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
