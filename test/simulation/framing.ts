import type { Chance } from './chance.ts';

/** `key`: of a line of chat. */
export type Line = { readonly text: string; readonly key: string | undefined };

/** Bytes as they arrive, and the lines of chat whose last byte is among them. */
export type Frame = { readonly bytes: Uint8Array; readonly keys: readonly string[] };

/** Lines as frames that end anywhere: within a line, within a character, after several lines. */
export function framesOf(lines: readonly Line[], chance: Chance): readonly Frame[] {
  const encoded = lines.map(({ text, key }) => ({ bytes: Buffer.from(`${text}\r\n`), key }));
  const all = Buffer.concat(encoded.map(({ bytes }) => bytes));
  let end = 0;
  const ends = encoded.map(({ bytes, key }) => ({ key, at: (end += bytes.length) }));
  const cuts = chance.hit(0.5) ? [chance.whole(1, all.length), chance.whole(1, all.length)] : [];
  const borders = [...new Set([0, ...cuts, all.length])].sort((a, b) => a - b);
  return borders.slice(1).map((to, index) => {
    const from = borders[index] ?? 0;
    const keys = ends.filter(({ at }) => at > from && at <= to).flatMap(({ key }) => key ?? []);
    // A copy: whoever is handed a frame may use it during the call only.
    return { bytes: new Uint8Array(all.subarray(from, to)), keys };
  });
}
