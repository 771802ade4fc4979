import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { BadUse } from '../../scripts/bad-use.ts';
import { MUTANTS } from './mutants.ts';
import { PROFILES, type ProfileName } from './profiles.ts';

/** What is to be simulated. */
export type Wish =
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
  /** `only`: the number of one of them. */
  | { readonly do: 'mutants'; readonly jobs: number; readonly only: number | undefined };

const OPTIONS = {
  seeds: { type: 'string' },
  seed: { type: 'string' },
  mutants: { type: 'boolean' },
  mutant: { type: 'string' },
  from: { type: 'string' },
  profile: { type: 'string' },
  jobs: { type: 'string' },
  trace: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What says what to do, and what may stand beside it. */
const FORMS = {
  seeds: ['from', 'profile', 'jobs'],
  seed: ['profile', 'trace'],
  mutants: ['jobs'],
  mutant: [],
} as const;

type Form = keyof typeof FORMS;
type Values = ReturnType<typeof parse>;

/** @throws BadUse */
export function readWish(args: readonly string[]): Wish | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const form = formOf(values);
  const jobs = whole('jobs', values.jobs ?? String(availableParallelism()));
  if (form === 'mutants') return { do: 'mutants', jobs, only: undefined };
  if (form === 'mutant') return { do: 'mutants', jobs: 1, only: mutantIn(values.mutant) };
  const profile = profileIn(values.profile);
  if (form === 'seed')
    return { do: 'seed', seed: whole('seed', values.seed), isWhole: values.trace ?? false, profile };
  const seeds = whole('seeds', values.seeds);
  const from = whole('from', values.from ?? '1');
  return { do: 'seeds', seeds, from, jobs: Math.min(jobs, seeds), profile };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    throw new BadUse(error instanceof Error ? error.message : String(error));
  }
}

function formOf(values: Values): Form {
  const given = Object.keys(values);
  const forms = (Object.keys(FORMS) as Form[]).filter((form) => given.includes(form));
  const [form, other] = forms;
  if (!form) throw new BadUse(`say one of --${Object.keys(FORMS).join(', --')}`);
  if (other) throw new BadUse(`--${form} and --${other} do not go together`);
  const allowed = new Set<string>([form, ...FORMS[form]]);
  const odd = given.find((name) => !allowed.has(name));
  if (odd) throw new BadUse(`--${odd} does not go with --${form}`);
  return form;
}

function whole(name: string, text: string | undefined): number {
  if (/^[1-9]\d{0,8}$/.test(text ?? '')) return Number(text);
  throw new BadUse(`--${name} ${text} is no whole number from 1 to 999999999`);
}

function mutantIn(text: string | undefined): number {
  const number = whole('mutant', text);
  if (MUTANTS.some((mutant) => mutant.number === number)) return number;
  throw new BadUse(`there are ${MUTANTS.length} planted bugs, and no ${number}`);
}

function profileIn(text: string | undefined): ProfileName | undefined {
  if (text === undefined || Object.hasOwn(PROFILES, text)) return text as ProfileName | undefined;
  throw new BadUse(`no profile is called ${text}: there are ${Object.keys(PROFILES).join(', ')}`);
}
