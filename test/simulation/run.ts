import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { describeMutants, findMutants } from './every-mutant.ts';
import { MUTANTS } from './mutants.ts';
import { describeSeeds, runSeeds } from './many-seeds.ts';
import { tell } from './one-seed.ts';
import { PROFILES, type ProfileName } from './profiles.ts';
import { tooSeldom } from './sometimes.ts';

const USAGE = `Usage: npm run simulate -- --seeds N [--from S] [--profile P] [--jobs K]
       npm run simulate -- --seed S [--profile P] [--trace]
       npm run simulate -- --mutants [--jobs K]
       npm run simulate -- --mutant N

Runs the bridge in a simulated world, each seed another one, and exits 1 when a promise is broken. --seed tells what
happened, --trace all of it. --mutants plants bugs in the production code, one at a time, and exits 1 when one is not
found; --mutant plants one of them.

Profiles: ${Object.keys(PROFILES).join(', ')}
`;

type Wish =
  | {
      readonly do: 'seeds';
      readonly seeds: number;
      readonly from: number;
      readonly jobs: number;
      readonly profile: ProfileName | undefined;
    }
  | {
      readonly do: 'seed';
      readonly seed: number;
      readonly isWhole: boolean;
      readonly profile: ProfileName | undefined;
    }
  | { readonly do: 'mutants'; readonly jobs: number; readonly only: number | undefined };

const OPTIONS = {
  seeds: { type: 'string' },
  from: { type: 'string' },
  seed: { type: 'string' },
  profile: { type: 'string' },
  jobs: { type: 'string' },
  trace: { type: 'boolean' },
  mutants: { type: 'boolean' },
  mutant: { type: 'string' },
} as const;

/** undefined: the arguments make no sense. */
function readWish(args: readonly string[]): Wish | undefined {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    const { profile: named } = values;
    if (named !== undefined && !Object.hasOwn(PROFILES, named)) return undefined;
    const profile = named as ProfileName | undefined;
    const jobs = whole(values.jobs ?? String(availableParallelism()));
    if (values.mutants) return { do: 'mutants', jobs, only: undefined };
    if (values.mutant !== undefined) return { do: 'mutants', jobs: 1, only: numberOfMutant(values.mutant) };
    if (values.seed !== undefined)
      return { do: 'seed', seed: whole(values.seed), isWhole: values.trace ?? false, profile };
    return { do: 'seeds', seeds: whole(values.seeds), from: whole(values.from ?? '1'), jobs, profile };
  } catch {
    return undefined;
  }
}

/** @throws RangeError */
function numberOfMutant(text: string): number {
  const number = whole(text);
  if (MUTANTS.every((mutant) => mutant.number !== number)) throw new RangeError('not a planted bug');
  return number;
}

/** @throws RangeError */
function whole(text: string | undefined): number {
  if (!/^[1-9]\d{0,8}$/.test(text ?? '')) throw new RangeError('not a number');
  return Number(text);
}

/** @returns whether all is as it should be */
async function run(wish: Wish): Promise<boolean> {
  if (wish.do === 'seed') {
    const { text, hasHeld } = await tell(wish.seed, wish.profile, wish.isWhole);
    process.stdout.write(`${text}\n`);
    return hasHeld;
  }
  if (wish.do === 'mutants') {
    const found = await findMutants(wish.jobs, wish.only);
    process.stdout.write(`${describeMutants(found)}\n`);
    return found.every(({ seeds }) => seeds !== undefined);
  }
  const outcome = await runSeeds(wish);
  process.stdout.write(`${describeSeeds(outcome)}\n`);
  const seldom = wish.profile === undefined ? tooSeldom(outcome) : [];
  for (const name of seldom) process.stdout.write(`too seldom: ${name}\n`);
  const [first] = outcome.failures;
  if (first) process.stdout.write(`\n${(await tell(first.seed, wish.profile, false)).text}\n`);
  return first === undefined && seldom.length === 0;
}

const wish = readWish(process.argv.slice(2));
if (wish) process.exitCode = (await run(wish)) ? 0 : 1;
else {
  process.stderr.write(USAGE);
  process.exitCode = 2;
}
