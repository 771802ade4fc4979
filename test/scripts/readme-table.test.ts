import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { markdownTable } from '../../gateway/config-text.ts';
import { updateReadme, withTable } from '../../scripts/readme-table.ts';

const BEGIN = '<!-- configuration:begin -->';
const END = '<!-- configuration:end -->';

test('the README shows the configuration table as the code has it', () => {
  assert.equal(updateReadme(new URL('../../README.md', import.meta.url), true), 0);
});

test('the table replaces whatever stood between the two comments, and nothing else', () => {
  const text = `before\n${BEGIN}\nold\n${END}\nafter\n`;
  const expected = `before\n${BEGIN}\n\n| new |\n\n${END}\nafter\n`;
  assert.equal(withTable(text, '| new |'), expected);
  assert.equal(withTable(expected, '| new |'), expected);
});

test('a text without the two comments, in their order, has no place for a table', () => {
  for (const text of ['', BEGIN, END, `${END}${BEGIN}`]) assert.equal(withTable(text, 'x'), undefined);
});

test('an old table is found by a check, which changes nothing, and repaired by a run', () => {
  const directory = mkdtempSync(join(tmpdir(), 'readme-'));
  try {
    const path = join(directory, 'README.md');
    const old = `${BEGIN}\n${END}\n`;
    writeFileSync(path, old);
    assert.equal(updateReadme(path, true), 1);
    assert.equal(readFileSync(path, 'utf8'), old);
    assert.equal(updateReadme(path, false), 0);
    assert.equal(readFileSync(path, 'utf8'), `${BEGIN}\n\n${markdownTable()}\n\n${END}\n`);
    assert.equal(updateReadme(path, true), 0);
    writeFileSync(path, 'no place');
    assert.equal(updateReadme(path, false), 2);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
