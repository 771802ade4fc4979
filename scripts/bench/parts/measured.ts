import { column, medianOf, type Demand, type Table } from '../report.ts';
import { interleaved, type Rounds } from '../rounds.ts';
import { bare, gateway, tmi, twurple, type Subject } from '../subjects/subjects.ts';
import type { Scene } from '../world/stage.ts';

/** What a part has to say. `raw`: every figure of every round. */
export type Measured = {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly tables: readonly Table[];
  readonly demands: readonly Demand[];
};

type Progress = (what: string) => void;

const US = 'ingress-egress';
const BARE = 'bare client';
const UNBOUNDED = 'Twurple, unbounded';
const AWAITED = 'Twurple, awaited';

const SCENE: Scene = {
  channels: Array.from({ length: 20 }, (_, index) => `bench_channel_${index}`),
  linesPerFrame: 8,
  seed: 3,
  tapped: false,
};

/** (a) */
export async function parsing(rounds: number, progress: Progress): Promise<Measured> {
  const { PARSERS } = await import('./parse.ts');
  const figures = await interleaved(PARSERS, rounds, { warmUp: true, onMeasured: progress });
  const peers = [...figures.keys()].filter((name) => name !== US);
  const fastest = Math.min(...peers.map((name) => medianOf(figures, name)));
  return {
    raw: { parse: Object.fromEntries(figures) },
    tables: [{ title: 'a line → a message', unit: 'µs', figures }],
    demands: [{ text: 'parse: × the fastest peer', actual: fastest / medianOf(figures, US), atLeast: 2 }],
  };
}

/** (b) */
export async function mapping(rounds: number, progress: Progress): Promise<Measured> {
  const { MAPPERS } = await import('./envelope.ts');
  const figures = await interleaved(MAPPERS, rounds, { warmUp: true, onMeasured: progress });
  const ratio = medianOf(figures, 'Twurple + JSON.stringify') / medianOf(figures, US);
  return {
    raw: { envelope: Object.fromEntries(figures) },
    tables: [{ title: 'a line → the bytes of an envelope', unit: 'µs', figures }],
    demands: [{ text: 'line → bytes: × Twurple + JSON.stringify', actual: ratio, atLeast: 3 }],
  };
}

/** (c), (e) */
export async function flooding(rounds: number, progress: Progress): Promise<Measured> {
  const { flood } = await import('./flood.ts');
  const subjects = [
    gateway(200_000),
    bare(200_000),
    twurple('awaited', 10_000),
    twurple('window-256', 40_000),
    twurple('unbounded', 40_000),
    tmi('unbounded', 40_000),
  ];
  const floods = await run(subjects, (who) => flood(who, SCENE), rounds, progress);
  const perSecond = column(floods, (figure) => figure.perSecond);
  const peak = column(floods, (figure) => figure.peakMiB);
  const times = (name: string): number => medianOf(perSecond, US) / medianOf(perSecond, name);
  return {
    raw: { flood: Object.fromEntries(floods) },
    tables: [
      { title: 'chat → stored and acked', unit: 'messages/s', figures: perSecond },
      { title: 'CPU', unit: 'µs a message', figures: column(floods, (figure) => figure.cpuUs) },
      { title: 'memory, at most', unit: 'MiB', figures: peak },
      { title: 'memory, at rest', unit: 'MiB', figures: column(floods, (figure) => figure.restMiB) },
    ],
    demands: [
      { text: 'end to end: × Twurple awaited', actual: times(AWAITED), atLeast: 10 },
      { text: 'end to end: × Twurple unbounded', actual: times(UNBOUNDED), atLeast: 4 },
      { text: 'end to end: share of the bare client', actual: times(BARE), atLeast: 0.6 },
      { text: 'peak memory of 200,000 lines, MB', actual: medianOf(peak, US) * 1.048576, atMost: 160 },
    ],
  };
}

/** (d) */
export async function delays(rounds: number, progress: Progress): Promise<Measured> {
  const { latency } = await import('./latency.ts');
  const subjects = [gateway(25_000), twurple('unbounded', 25_000), tmi('unbounded', 25_000)];
  const delayed = await run(subjects, (who) => latency(who, SCENE), rounds, progress);
  const p99 = column(delayed, (figure) => figure.p99Ms);
  return {
    raw: { latency: Object.fromEntries(delayed) },
    tables: [
      {
        title: 'frame → ack at 5,000/s, median',
        unit: 'ms',
        figures: column(delayed, (figure) => figure.p50Ms),
      },
      { title: 'frame → ack at 5,000/s, p99', unit: 'ms', figures: p99 },
      {
        title: 'CPU at 5,000/s',
        unit: '% of a core',
        figures: column(delayed, (figure) => figure.cpuPercent),
      },
    ],
    demands: [
      {
        text: 'p99 frame → ack: share of Twurple unbounded',
        actual: medianOf(p99, US) / medianOf(p99, UNBOUNDED),
        atMost: 0.2,
      },
    ],
  };
}

/** (f) */
export async function starting(rounds: number, progress: Progress): Promise<Measured> {
  const { start } = await import('./start.ts');
  const subjects = [gateway(1), twurple('unbounded', 1), tmi('unbounded', 1)];
  const starts = await run(subjects, (who) => start(who, SCENE), rounds, progress);
  const figures = column(starts, (figure) => figure.firstAckMs);
  return {
    raw: { start: Object.fromEntries(starts) },
    tables: [{ title: 'start → first ack', unit: 'ms', figures }],
    demands: [
      {
        text: 'start → first ack: share of Twurple',
        actual: medianOf(figures, US) / medianOf(figures, UNBOUNDED),
        atMost: 0.7,
      },
    ],
  };
}

function run<T>(
  subjects: readonly Subject[],
  measure: (who: Subject) => Promise<T>,
  rounds: number,
  progress: Progress,
): Promise<Rounds<T>> {
  const contenders = subjects.map((who) => ({ name: who.name, measure: () => measure(who) }));
  return interleaved(contenders, rounds, { warmUp: false, onMeasured: progress });
}
