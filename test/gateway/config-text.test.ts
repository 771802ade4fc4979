import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format } from 'prettier';
import { NAMES } from '../../gateway/config.ts';
import { VARIABLES } from '../../gateway/config-table.ts';
import { helpText, markdownTable } from '../../gateway/config-text.ts';

test('the help names every variable with its default and its meaning, within 100 columns', () => {
  const lines = helpText().split('\n');
  for (const name of NAMES) {
    const { default: fallback, otherwise, meaning } = VARIABLES[name];
    const text = otherwise === undefined ? fallback : `$${otherwise}, else ${fallback}`;
    const title = lines.indexOf(text === undefined ? `${name} (required)` : `${name}=${text}`);
    assert.ok(title >= 0, name);
    const end = lines.indexOf('', title);
    const said = lines.slice(title + 1, end).map((line) => line.trim());
    assert.equal(said.join(' '), meaning);
  }
  for (const line of lines) assert.ok(line.length <= 100, line);
});

function cells(row: string): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

test('the Markdown table has a row of three cells for every variable, in the order of the table', () => {
  const [titles, rule, ...rows] = markdownTable().split('\n');
  assert.deepEqual(cells(titles ?? ''), ['variable', 'default', 'meaning']);
  assert.match(rule ?? '', /^(?:\| -+ ){3}\|$/);
  assert.deepEqual(
    rows.map((row) => cells(row)[0]),
    NAMES.map((name) => `\`${name}\``),
  );
  for (const row of rows) assert.equal(cells(row).length, 3);
});

test('prettier leaves the Markdown table as it is', async () => {
  assert.equal(await format(markdownTable(), { parser: 'markdown' }), `${markdownTable()}\n`);
});
