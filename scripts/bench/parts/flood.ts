import { setTimeout } from 'node:timers/promises';
import type { Subject } from '../subjects/subjects.ts';
import { setStage, type Scene, type Stage } from '../world/stage.ts';

export type Flood = {
  readonly perSecond: number;
  /** The subject's CPU, per message. */
  readonly cpuUs: number;
  readonly peakMiB: number;
  readonly restMiB: number;
};

const LOOK_MS = 20;
/** Nobody who is still making progress is given up. */
const PATIENCE_MS = 20_000;
/** For the bus, which a subject may reach later than chat, and for the garbage from its start. */
const SETTLE_MS = 1000;

/**
 * (c), (e) Everything at once, as fast as the subject reads it, until the stream holds it all.
 *
 * @throws when a message is missing in the end
 */
export async function flood(who: Subject, scene: Scene): Promise<Flood> {
  await using stage = await setStage(who, who.count, scene);
  const { subject, nats } = stage;
  await setTimeout(SETTLE_MS);
  const restMiB = subject.memoryMiB('VmRSS');
  const cpuBefore = subject.cpuSeconds();
  const began = performance.now();
  stage.say(0);
  await untilStored(stage, who.count);
  const seconds = (performance.now() - began) / 1000;
  const cpuUs = ((subject.cpuSeconds() - cpuBefore) * 1e6) / who.count;
  const peakMiB = subject.memoryMiB('VmHWM');
  await nats.readBack(who.count);
  return { perSecond: who.count / seconds, cpuUs, peakMiB, restMiB };
}

export async function untilStored({ nats, subject }: Stage, count: number): Promise<void> {
  let [stored, since] = [-1, performance.now()];
  for (;;) {
    const now = await nats.stored();
    if (now >= count) return;
    if (now !== stored) [stored, since] = [now, performance.now()];
    if (subject.isOver || performance.now() - since > PATIENCE_MS)
      throw new Error(`${now} of ${count} are stored, and nothing moves. ${subject.obituary()}`);
    await setTimeout(LOOK_MS);
  }
}
