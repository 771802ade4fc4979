import { parseArgs } from 'node:util';
import { SCENARIOS } from './delivery/scenarios.ts';
import { faultsOf, sum, type Tally } from './delivery/tally.ts';

const USAGE = `Usage: npm run torture -- --minutes N [--seed S] [--scenario NAME]

Runs every scenario in turn until the time is over, at random moments that follow from the seed, and prints what
became of the messages. Exits 1 when one was lost or doubled, or when any other promise was broken.

Scenarios: ${Object.keys(SCENARIOS).join(', ')}
`;

const HEADER = [
  'scenario',
  'rounds',
  'messages',
  'lost',
  'doubled',
  'out of order',
  'counted',
  'worst recovery ms',
  'failed runs',
];

type Plan = { readonly minutes: number; readonly seed: number; readonly names: readonly string[] };
type Run = {
  readonly name: string;
  readonly seed: number;
  readonly tally: Tally | undefined;
  readonly fault: string;
};

/** undefined: the arguments make no sense. */
function readPlan(args: readonly string[]): Plan | undefined {
  const options = {
    minutes: { type: 'string' },
    seed: { type: 'string' },
    scenario: { type: 'string' },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options });
    const minutes = Number(values.minutes);
    const seed = Number(values.seed ?? Date.now() % 1_000_000);
    const names = values.scenario === undefined ? Object.keys(SCENARIOS) : [values.scenario];
    const makesSense = minutes > 0 && Number.isSafeInteger(seed) && names.every((name) => name in SCENARIOS);
    return makesSense ? { minutes, seed, names } : undefined;
  } catch {
    return undefined;
  }
}

async function runOne(name: string, seed: number): Promise<Run> {
  const scenario = SCENARIOS[name];
  if (!scenario) throw new Error(`no scenario ${name}`);
  try {
    const tally = await scenario.run(scenario.rounds, seed);
    return { name, seed, tally, fault: faultsOf(tally) };
  } catch (error) {
    return {
      name,
      seed,
      tally: undefined,
      fault: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

/** At least every scenario once. */
async function runAll({ minutes, seed, names }: Plan): Promise<Run[]> {
  const deadline = performance.now() + minutes * 60_000;
  const runs: Run[] = [];
  for (let turn = 0; turn === 0 || performance.now() < deadline; turn++) {
    for (const name of names) {
      if (turn > 0 && performance.now() >= deadline) break;
      const run = await runOne(name, seed + turn);
      process.stderr.write(`${name} --seed ${run.seed}: ${run.fault || 'well'}\n`);
      runs.push(run);
    }
  }
  return runs;
}

function table(runs: readonly Run[]): string {
  const lines = [HEADER];
  for (const [name, own] of Map.groupBy(runs, (run) => run.name)) lines.push([name, ...cells(own)]);
  const widths = HEADER.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) => line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '))
    .join('\n');
}

function cells(runs: readonly Run[]): string[] {
  const all = sum(runs.flatMap(({ tally }) => (tally ? [tally] : [])));
  const numbers = [
    all.rounds,
    all.messages,
    all.lost.length,
    all.doubled.length,
    all.overtakers,
    all.reordered,
    all.worstRecoveryMs,
  ];
  return [...numbers, runs.filter(({ fault }) => fault !== '').length].map((number) =>
    String(Math.round(number)),
  );
}

const plan = readPlan(process.argv.slice(2));
if (plan) {
  process.stderr.write(`seed ${plan.seed}\n`);
  const runs = await runAll(plan);
  process.stdout.write(`${table(runs)}\n`);
  process.exitCode = runs.some(({ fault }) => fault !== '') ? 1 : 0;
} else {
  process.stderr.write(USAGE);
  process.exitCode = 2;
}
