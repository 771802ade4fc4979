import { registerHooks } from 'node:module';
import type { Edit, Mutant } from './mutant.ts';

const ROOT = new URL('../../', import.meta.url).href;

/**
 * From now on the mutant's files are loaded with its bug. To be called before they are imported.
 *
 * @throws Error, when one of them is loaded, where it does not hold what is to be replaced, exactly once
 */
export function plant({ number, edits }: Mutant): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const own = edits.filter(({ file }) => url === ROOT + file);
      if (own.length === 0) return loaded;
      const source = Buffer.from((loaded.source ?? '') as Uint8Array).toString();
      return { ...loaded, source: own.reduce((text, edit) => edited(text, edit, number), source) };
    },
  });
}

function edited(source: string, { file, find, replace }: Edit, number: number): string {
  const count = source.split(find).length - 1;
  if (count !== 1) throw new Error(`mutant ${number}: ${file} holds ${count} times ${JSON.stringify(find)}`);
  return source.replace(find, () => replace);
}
