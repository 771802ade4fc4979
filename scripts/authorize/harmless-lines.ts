import { harmless } from '../terminal.ts';

/** The same as `harmless` for a text of several lines, which stay lines. */
export function harmlessLines(text: string): string {
  return text.split('\n').map(harmless).join('\n');
}
