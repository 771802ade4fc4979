/**
 * Writes the configuration table into README.md, between two comments:
 *
 *     node scripts/readme-table.ts            writes it
 *     node scripts/readme-table.ts --check    exit code 1 when the README shows another table
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { markdownTable } from '../gateway/config-text.ts';

const BEGIN = '<!-- configuration:begin -->';
const END = '<!-- configuration:end -->';

/** The text with the table between the two comments; undefined if they are not there. */
export function withTable(text: string, table: string): string | undefined {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END, begin);
  if (begin < 0 || end < 0) return undefined;
  return `${text.slice(0, begin)}${BEGIN}\n\n${table}\n\n${text.slice(end)}`;
}

/** Returns the exit code: 0 done or equal, 1 the tables differ, 2 there is no place for it. */
export function updateReadme(path: string | URL, check: boolean): number {
  const before = readFileSync(path, 'utf8');
  const after = withTable(before, markdownTable());
  if (after === undefined) return complain(2, `README.md lacks ${BEGIN} and ${END} after it.`);
  if (after === before) return 0;
  if (check)
    return complain(1, 'README.md shows an old configuration table: run node scripts/readme-table.ts');
  writeFileSync(path, after);
  return 0;
}

function complain(exitCode: number, sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return exitCode;
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  const usage = 'Usage: node scripts/readme-table.ts [--check]';
  process.exitCode = args.every((arg) => arg === '--check')
    ? updateReadme(new URL('../README.md', import.meta.url), args.length > 0)
    : complain(2, usage);
}
