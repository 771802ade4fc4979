import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MUTANTS } from './mutants.ts';

const ROOT = new URL('../../', import.meta.url);

test('every planted bug has its place in the code, exactly once', () => {
  assert.equal(MUTANTS.length, 58);
  for (const { number, edits } of MUTANTS) {
    for (const { file, find } of edits) {
      const count = readFileSync(new URL(file, ROOT), 'utf8').split(find).length - 1;
      assert.equal(count, 1, `mutant ${number}: ${file} holds ${count} times ${find}`);
    }
  }
});
