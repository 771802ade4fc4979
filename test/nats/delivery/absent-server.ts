import { setTimeout as pause } from 'node:timers/promises';
import { between } from '../../../scripts/stand-in/seeded-random.ts';
import { recovered, unready } from './nats-gateway.ts';
import { judge, startRig } from './rig.ts';
import { anew } from './tally.ts';

/** The gateway starts, and people talk, while there is no server yet. */
export const absentServer = anew(async (seed) => {
  await using rig = await startRig({ seed, prepare: (server) => server.kill() });
  const { talk, running, server, random } = rig;
  talk.begin();
  await pause(between(random, 50, 500));
  await unready(running);
  await server.start();
  return await judge(rig, { rounds: 1, worstRecoveryMs: await recovered(running) });
});
