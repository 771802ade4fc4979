import { corpus } from '../corpus.ts';
import type { Contender } from '../rounds.ts';

const LINES = 20_000;
const SEED = 7;

export const CHANNELS = Array.from({ length: 40 }, (_, index) => `bench_channel_${index}`);

/** One run of `work` over chat as text, fresh each time: what one parser did to it must not help another. */
export function micro(name: string, work: (line: string) => unknown): Contender<number> {
  return microOf(name, corpusAgain, work);
}

/** The same over the bytes of each line, as they come out of a socket. */
export function microOfBytes(name: string, work: (line: Buffer) => unknown): Contender<number> {
  return microOf(name, () => lines, work);
}

function microOf<T>(
  name: string,
  corpusOf: () => readonly T[],
  work: (line: T) => unknown,
): Contender<number> {
  return {
    name,
    /** In µs a line. */
    measure() {
      const said = corpusOf();
      let used = 0;
      const began = performance.now();
      for (const line of said) if (work(line) !== null) used += 1;
      const ms = performance.now() - began;
      if (used !== LINES) throw new Error(`${name} read ${used} of ${LINES} lines`);
      return (ms * 1000) / LINES;
    },
  };
}

const lines = corpus(LINES, CHANNELS, SEED).map((line) => Buffer.from(line));

/** As they come out of a socket: each decoded separately, so that ASCII takes one byte per character. */
function corpusAgain(): readonly string[] {
  return lines.map((bytes) => bytes.toString());
}
