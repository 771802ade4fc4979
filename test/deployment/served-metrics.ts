/** What `/metrics` serves: metric names → their labels → the values that are there. */
export type ServedMetrics = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/gm;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Reads the text format of Prometheus; of a histogram the parts (`_bucket`, `_sum`, `_count`) are metrics. */
export function servedMetrics(text: string): ServedMetrics {
  const served = new Map<string, Map<string, Set<string>>>();
  for (const [, name = '', labels = ''] of text.matchAll(SAMPLE)) {
    const values = served.get(name) ?? new Map<string, Set<string>>();
    served.set(name, values);
    for (const [, label = '', value = ''] of labels.matchAll(LABEL)) {
      values.set(label, (values.get(label) ?? new Set()).add(value));
    }
  }
  return served;
}
