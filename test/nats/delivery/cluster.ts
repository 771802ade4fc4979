import { setTimeout as pause } from 'node:timers/promises';
import { between } from '../../../scripts/stand-in/seeded-random.ts';
import { startNatsCluster, type NatsCluster } from '../../fakes/nats-cluster.ts';
import type { NatsServer } from '../../fakes/nats-server.ts';
import { recovered } from './nats-gateway.ts';
import { judge, startStage } from './rig.ts';
import { STREAM } from './stream-admin.ts';
import type { Scenario } from './tally.ts';

/** Two of three servers can do without the third for so long, in milliseconds. */
const AWAY_MS = [0, 8000] as const;

type Harm = (server: NatsServer) => Promise<() => void | Promise<void>>;

/** Of the stream's leader or of another server; each returns the repair. */
const kill: Harm = async (server) => {
  await server.kill();
  return () => server.start();
};

/** To the two others it is a partition: nothing comes from it, and nothing gets through to it. */
const freeze: Harm = async (server) => {
  await server.freeze();
  return () => server.thaw();
};

/** A stream on three servers, one of which goes away again and again: its leader, or another. */
export const cluster: Scenario = async (repetitions, seed) => {
  await using servers = await startNatsCluster(3);
  await using stage = await startStage(seed, { natsUrl: servers.url, env: {}, timings: {}, replicas: 3 });
  const { running, talk, random } = stage;
  talk.begin();
  await recovered(running);
  let worstRecoveryMs = 0;
  for (let round = 0; round < repetitions; round++) {
    await pause(between(random, 0, 500));
    const victim = servers.server(await nameOfVictim(servers, round));
    const repair = await (random() < 0.5 ? kill : freeze)(victim);
    await pause(between(random, ...AWAY_MS));
    await repair();
    worstRecoveryMs = Math.max(worstRecoveryMs, await recovered(running));
  }
  return await judge({ ...stage, server: servers.server('n1') }, { rounds: repetitions, worstRecoveryMs });
};

/** The leader in three rounds of four. */
async function nameOfVictim(servers: NatsCluster, round: number): Promise<string> {
  const leader = await servers.leaderOf(STREAM);
  const other = [...servers.servers.keys()].find((name) => name !== leader);
  return round % 4 === 3 ? (other ?? leader) : leader;
}
