import type { Subject } from '../subjects/subjects.ts';
import { setStage, type Scene } from '../world/stage.ts';
import { untilStored } from './flood.ts';

export type Start = { readonly firstAckMs: number };

/** (f) From the start of the process, through login and JOIN, to the ack of the first line of chat. */
export async function start(who: Subject, scene: Scene): Promise<Start> {
  await using stage = await setStage(who, 1, {
    ...scene,
    channels: scene.channels.slice(0, 1),
    linesPerFrame: 1,
    tapped: true,
  });
  stage.say(0);
  await untilStored(stage, 1);
  const { ackedAt } = await stage.report();
  return { firstAckMs: (ackedAt[1] ?? NaN) - stage.startedAt };
}
