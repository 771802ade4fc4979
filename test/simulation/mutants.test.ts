import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MUTANTS } from './mutants.ts';

function read(file: string): string {
  return readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
}

test('every planted bug has its place in the code, exactly once', () => {
  for (const { number, edits } of MUTANTS) {
    for (const { file, find } of edits) {
      const count = read(file).split(find).length - 1;
      assert.equal(count, 1, `mutant ${number}: ${file} holds ${count} times ${find}`);
    }
  }
});

test('the proof lists every planted bug, and no other', () => {
  const rows = read('docs/proof.md').matchAll(/^\| +(\d+) \| (.+?) +\| +[\d,]+ \|$/gm);
  const listed = Array.from(rows, ([, number, what]) => `${number} ${what}`);
  const planted = MUTANTS.toSorted((a, b) => a.number - b.number);
  assert.deepEqual(
    listed,
    planted.map(({ number, what }) => `${number} ${what}`),
  );
});
