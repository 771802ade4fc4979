import type { BusMemory } from '../../../gateway/bus/bus.ts';

/** A stream that remembers ids for 1000 ms, and what was asked of it. */
export function fakeMemory(inStream: ReadonlyMap<string, number> | 'denied' | Error) {
  const asked: { ids: readonly string[]; after: number }[] = [];
  /** `end`: the sequence of the newest message; `part`: how far one look goes. */
  const answers = { now: inStream, end: 100, part: 100 };
  const memory: BusMemory = {
    windowMs: 1000,
    find: async (ids, after) => {
      asked.push({ ids: [...ids], after });
      if (answers.now instanceof Error) throw answers.now;
      if (answers.now === 'denied') return 'denied';
      const upTo = Math.min(answers.end, after + answers.part);
      const found = new Map([...answers.now].filter(([id, at]) => ids.has(id) && at > after && at <= upTo));
      return { found, upTo, isEnd: upTo === answers.end };
    },
  };
  return { memory, asked, answers };
}
