import { parseArgs } from 'node:util';
import { BadUse } from '../bad-use.ts';
import { errorText } from '../../shared/error-text.ts';

const PARTS = ['parse', 'envelope', 'flood', 'latency', 'memory', 'start'] as const;
export type Part = (typeof PARTS)[number];

export type Options = {
  readonly parts: ReadonlySet<Part>;
  readonly rounds: number;
  /** Where the raw figures go; undefined: nowhere. */
  readonly json: string | undefined;
  readonly growth: boolean;
};

export const USAGE = `npm run bench -- [--only ${PARTS.join(',')}] [--rounds N] [--json FILE] | --growth`;

const DEFAULT_ROUNDS = 5;

/** @throws BadUse */
export function readOptions(args: readonly string[]): Options {
  const { only, rounds, json, growth } = parsed(args);
  const parts = only === undefined ? PARTS : only.split(',').map(partOf);
  if (rounds !== undefined && !/^[1-9]\d{0,3}$/.test(rounds))
    throw new BadUse(`--rounds ${rounds}\n${USAGE}`);
  return { parts: new Set(parts), rounds: Number(rounds ?? DEFAULT_ROUNDS), json, growth: growth === true };
}

function parsed(args: readonly string[]) {
  const [text, flag] = [{ type: 'string' }, { type: 'boolean' }] as const;
  try {
    return parseArgs({ args: [...args], options: { only: text, rounds: text, json: text, growth: flag } })
      .values;
  } catch (error) {
    throw new BadUse(`${errorText(error)}\n${USAGE}`);
  }
}

function partOf(name: string): Part {
  const part = PARTS.find((known) => known === name);
  if (part === undefined) throw new BadUse(`--only knows ${PARTS.join(', ')}, and not ${name}`);
  return part;
}
