import { setTimeout as pause } from 'node:timers/promises';
import { between } from '../../../scripts/stand-in/seeded-random.ts';
import type { Fault } from './faults.ts';
import { recovered, unready } from './nats-gateway.ts';
import { judge, startRig, type Rig, type RigOptions } from './rig.ts';
import type { Scenario } from './tally.ts';

export type FaultOptions = Omit<RigOptions, 'seed'> & {
  /** How long the fault lasts, in milliseconds, between these. */
  readonly holdMs: readonly [low: number, high: number];
  /** Whether it stops the bus: then the first fault lasts until the gateway says that it is not ready. */
  readonly stopsTheBus: boolean;
};

/** People talk all the while; the fault comes again and again at random moments, and each time all is well again by itself. */
export function underFault(fault: Fault, options: FaultOptions): Scenario {
  return async (repetitions, seed) => {
    await using rig = await startRig({ ...options, seed });
    rig.talk.begin();
    await recovered(rig.running);
    let worstRecoveryMs = 0;
    for (let round = 0; round < repetitions; round++) {
      await pause(between(rig.random, 0, 150));
      await fault(rig, () => hold(rig, options, round));
      worstRecoveryMs = Math.max(worstRecoveryMs, await recovered(rig.running));
    }
    return await judge(rig, { rounds: repetitions, worstRecoveryMs });
  };
}

async function hold(
  rig: Rig,
  { holdMs: [low, high], stopsTheBus }: FaultOptions,
  round: number,
): Promise<void> {
  await pause(between(rig.random, low, high));
  if (round === 0 && stopsTheBus) await unready(rig.running);
}
