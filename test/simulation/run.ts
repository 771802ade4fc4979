import { BadUse } from '../../scripts/bad-use.ts';
import { describeMutants, findMutants } from './every-mutant.ts';
import { describeSeeds, runSeeds, type ManySeeds } from './many-seeds.ts';
import { tell } from './one-seed.ts';
import { PROFILES, type ProfileName } from './profiles.ts';
import { tooSeldom } from './sometimes.ts';
import { readWish, type Wish } from './wish.ts';

const USAGE = `Runs the bridge in a simulated world, a different one for each seed, and exits 1 when a promise is broken.

Usage: npm run simulate -- --seeds N [--from S] [--profile P] [--jobs K]
       npm run simulate -- --seed S [--profile P] [--trace]
       npm run simulate -- --mutants [--jobs K]
       npm run simulate -- --mutant N

  --seeds N    runs N seeds and says what happened in them, and how often
  --from S     the first of them; 1 unless said
  --seed S     tells what happened in one, shortened to what a broken promise has to do with
  --trace      tells all of it
  --mutants    plants bugs in the production code, one at a time, and exits 1 when one is not found
  --mutant N   plants one of them
  --profile P  one kind of world: ${Object.keys(PROFILES).join(', ')}
  --jobs K     so many processes at a time; one for each core unless said
  --help       this text
`;

/** @returns whether all is as it should be */
async function run(wish: Wish): Promise<boolean> {
  if (wish.do === 'seed') return tellOne(wish.seed, wish.profile, wish.isWhole);
  if (wish.do === 'seeds') return runMany(wish);
  const found = await findMutants(wish.jobs, wish.only);
  print(describeMutants(found));
  return found.every(({ seeds }) => seeds !== undefined);
}

async function tellOne(seed: number, profile: ProfileName | undefined, isWhole: boolean): Promise<boolean> {
  const { text, hasHeld } = await tell(seed, profile, isWhole);
  print(text);
  return hasHeld;
}

async function runMany(wish: ManySeeds): Promise<boolean> {
  const outcome = await runSeeds(wish);
  print(describeSeeds(outcome));
  const seldom = wish.profile === undefined ? tooSeldom(outcome) : [];
  for (const name of seldom) print(`too seldom: ${name}`);
  const [first] = outcome.failures.toSorted((a, b) => a.seed - b.seed);
  if (first) await tellOne(first.seed, wish.profile, false);
  return first === undefined && seldom.length === 0;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A reader that went away (`| head -1`) is an ordinary end. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

try {
  const wish = readWish(process.argv.slice(2));
  if (wish === 'help') process.stdout.write(USAGE);
  else process.exitCode = (await run(wish)) ? 0 : 1;
} catch (error) {
  if (!(error instanceof BadUse)) throw error;
  process.stderr.write(`${error.message}; npm run simulate -- --help tells what can be asked for\n`);
  process.exitCode = 2;
}
