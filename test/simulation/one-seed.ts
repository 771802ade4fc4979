import { planOf } from './plan.ts';
import type { ProfileName } from './profiles.ts';
import { simulate, type Run } from './simulate.ts';

/** How much of the end is always shown. */
const LAST = 25;
/** What changes the world or the process: shown wherever it happens. */
const TURNING_POINT = / (?:fault |killed|SIGTERM|stopped|starts with|all is well|bus |BROKEN)/;

/** `hasHeld`: no promise was broken. */
export type Told = { readonly text: string; readonly hasHeld: boolean };

/** One seed, told event by event; shortened to what has to do with a broken promise. */
export async function tell(seed: number, profile: ProfileName | undefined, isWhole: boolean): Promise<Told> {
  const plan = planOf(seed, profile);
  const run = await simulate(plan, true);
  const again = await simulate(plan, true);
  const { sayings, faults: _, ...rest } = plan;
  const about = JSON.stringify({ ...rest, lines: sayings.length });
  const verdict = run.failure === undefined ? 'every promise held' : `BROKEN: ${run.failure}`;
  const difference = differenceOf(run, again);
  const events = isWhole || run.failure === undefined ? run.events : shortened(run, run.failure);
  const lines = [about, ...events, `seed ${seed}, trace ${run.hash}: ${verdict}`, ...difference];
  return { text: lines.join('\n'), hasHeld: run.failure === undefined && difference.length === 0 };
}

/** The same seed has to give the same run: where it does not. */
function differenceOf(run: Run, again: Run): readonly string[] {
  if (run.hash === again.hash) return [];
  const length = Math.max(run.events.length, again.events.length);
  const index = Array.from({ length }).findIndex((_, at) => run.events[at] !== again.events[at]);
  const told = [run, again].map(({ events }) => `  ${events[index] ?? 'nothing'}`);
  return ['BROKEN: run again, it went another way:', ...told];
}

/** Events that name a message, a connection or a channel of which the broken promise speaks, and the turning points. */
function shortened({ events }: Run, failure: string): string[] {
  const names = failure.match(/\b(?:k\d+|c\d+|connection \d+|[0-9a-f]{8}-[0-9a-f-]{27})\b/g) ?? [];
  const words = names.map(
    (name) => new RegExp(`\\b${name.replace('connection ', '(?:on|opens|closed|up) ')}\\b`),
  );
  const isShown = (event: string, index: number): boolean =>
    index >= events.length - LAST || TURNING_POINT.test(event) || words.some((word) => word.test(event));
  const shown: string[] = [];
  for (const [index, event] of events.entries()) {
    if (isShown(event, index)) shown.push(event);
    else if (shown.at(-1) !== '…') shown.push('…');
  }
  return shown;
}
