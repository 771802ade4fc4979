import { setTimeout } from 'node:timers/promises';
import { percentile } from '../rounds.ts';
import type { Subject } from '../subjects/subjects.ts';
import { setStage, type Scene } from '../world/stage.ts';
import { untilStored } from './flood.ts';

export type Latency = { readonly p50Ms: number; readonly p99Ms: number; readonly cpuPercent: number };

const PACE = 5000;
const SETTLE_MS = 1000;
/** The messages before this one are left out: code is still being compiled. */
const WARM_UP = 0.4;

/**
 * (d) At an even pace, one line per frame: from the moment that chat sends the frame until the ack of its message reaches
 * the subject, both by the clock of the process in between.
 */
export async function latency(who: Subject, scene: Scene): Promise<Latency> {
  await using stage = await setStage(who, who.count, { ...scene, linesPerFrame: 1, tapped: true });
  const { subject, nats } = stage;
  await setTimeout(SETTLE_MS);
  const cpuBefore = subject.cpuSeconds();
  const began = performance.now();
  stage.say(PACE);
  await untilStored(stage, who.count);
  const cpuPercent = ((subject.cpuSeconds() - cpuBefore) * 1e5) / (performance.now() - began);
  const { sentAt, ackedAt } = await stage.report();
  const indexes = await nats.readBack(who.count);
  // Sequences start at 1, and nothing was ever removed.
  const tookMs = indexes.map((index, place) => (ackedAt[place + 1] ?? NaN) - (sentAt[index] ?? NaN));
  const measured = tookMs.filter((_, place) => (indexes[place] ?? 0) >= who.count * WARM_UP);
  if (measured.some(Number.isNaN)) throw new Error(`${who.name}: an ack passed unseen`);
  return { p50Ms: percentile(measured, 0.5), p99Ms: percentile(measured, 0.99), cpuPercent };
}
