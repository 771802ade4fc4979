import assert from 'node:assert/strict';

const PREFIX = 'ingress_egress_';

/** What a gateway counts, as Prometheus reads it; summed over those labels that are not asked for. */
export type Counters = (name: string, labels?: string) => number;

/** Reads `/metrics`. */
export async function readCounters(port: number): Promise<Counters> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return (name, labels = '') => {
    const samples = [...text.matchAll(new RegExp(`^${PREFIX}${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'))];
    const wanted = samples.filter(([, found = '']) => found.includes(labels));
    assert.notEqual(wanted.length, 0, `no metric ${name} {${labels}}`);
    return wanted.reduce((sum, [, , value]) => sum + Number(value), 0);
  };
}
