import { VARIABLES, type Variable } from './config-table.ts';
import { NAMES, STAND_INS, type Name } from './config.ts';

const WIDTH = 100;
const INDENT = '    ';

/** What `npm start -- --help` prints: every variable with its default and its meaning, within 100 columns. */
export function helpText(): string {
  const head = paragraph(
    'Usage: npm start. The settings are environment variables; one set to "" counts as not set.',
    '',
  );
  const entries = NAMES.map((name) => {
    const { default: fallback, otherwise, meaning } = variable(name);
    const text = otherwise === undefined ? fallback : `$${otherwise}, else ${fallback}`;
    const title = text === undefined ? `${name} (required)` : `${name}=${text}`;
    return `${title}\n${paragraph(meaning, INDENT)}`;
  });
  const others = `Also read: ${Object.keys(STAND_INS).join(', ')} (stand-ins, for tests), NO_COLOR.`;
  return `${[head, ...entries, paragraph(others, '')].join('\n\n')}\n`;
}

/** The README's table, its columns padded as prettier pads them. */
export function markdownTable(): string {
  const rows = NAMES.map((name) => {
    const { default: fallback, otherwise, meaning } = variable(name);
    const text = fallback === undefined ? 'required' : `\`${fallback || '""'}\``;
    return [`\`${name}\``, otherwise === undefined ? text : `\`${otherwise}\`, else ${text}`, meaning];
  });
  const titles = ['variable', 'default', 'meaning'];
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[], fill: string) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
  const rule = line(
    titles.map(() => ''),
    '-',
  );
  return [line(titles, ' '), rule, ...rows.map((row) => line(row, ' '))].join('\n');
}

function variable(name: Name): Variable<unknown> {
  return VARIABLES[name];
}

function paragraph(text: string, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line].map((each) => indent + each).join('\n');
}
