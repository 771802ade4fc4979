/** One thing that is measured, beside others. */
export type Contender<T> = { readonly name: string; readonly measure: () => T | Promise<T> };

/** Raw figures by contender, in the order of the rounds. */
export type Rounds<T> = ReadonlyMap<string, readonly T[]>;

/**
 * Measures everybody once a round, in turn, so that whatever else the machine does affects all of them; each round starts
 * with a different one. A warm-up round is thrown away.
 */
export async function interleaved<T>(
  contenders: readonly Contender<T>[],
  rounds: number,
  options: { readonly warmUp: boolean; readonly onMeasured: (name: string, round: number) => void },
): Promise<Rounds<T>> {
  const figures = new Map<string, T[]>(contenders.map(({ name }) => [name, []]));
  for (let round = options.warmUp ? -1 : 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const contender = contenders[(turn + Math.max(0, round)) % contenders.length];
      if (!contender) continue;
      const figure = await contender.measure();
      if (round >= 0) figures.get(contender.name)?.push(figure);
      options.onMeasured(contender.name, round);
    }
  }
  return figures;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

/** Half the distance between the least and the greatest, as a share of the median. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / 2 / median(values);
}

/** The value that a `share` of all values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}
