import { absentServer } from './absent-server.ts';
import { cluster } from './cluster.ts';
import { flood, floodAndRestart } from './flood.ts';
import { killedGateway, stoppedGateway } from './lives.ts';
import { OUTAGES } from './outages.ts';
import { poison } from './poison.ts';
import { shortMemory } from './short-memory.ts';
import { slowBus } from './slow-bus.ts';
import { strayResponder } from './stray-responder.ts';
import { streamDeleted } from './stream-deleted.ts';
import { streamFull } from './stream-full.ts';
import type { Scenario } from './tally.ts';
import { twoGateways } from './two-gateways.ts';

/** Every scenario, with how many rounds make up one run of some seconds. */
export const SCENARIOS: Readonly<Record<string, { readonly run: Scenario; readonly rounds: number }>> = {
  killed: { run: OUTAGES.killed, rounds: 30 },
  frozen: { run: OUTAGES.frozen, rounds: 10 },
  cut: { run: OUTAGES.cut, rounds: 10 },
  'deaf-server': { run: OUTAGES.deafServer, rounds: 10 },
  'lost-acks': { run: OUTAGES.lostAcks, rounds: 10 },
  'silent-link': { run: OUTAGES.silentLink, rounds: 10 },
  sliced: { run: OUTAGES.sliced, rounds: 10 },
  password: { run: OUTAGES.password, rounds: 10 },
  'absent-server': { run: absentServer, rounds: 5 },
  'stream-deleted': { run: streamDeleted, rounds: 10 },
  'stream-full': { run: streamFull, rounds: 10 },
  'short-memory': { run: shortMemory, rounds: 5 },
  'slow-bus': { run: slowBus, rounds: 2 },
  poison: { run: poison, rounds: 2 },
  'stray-responder': { run: strayResponder, rounds: 5 },
  'two-gateways': { run: twoGateways, rounds: 5 },
  'killed-gateway': { run: killedGateway, rounds: 10 },
  'stopped-gateway': { run: stoppedGateway, rounds: 10 },
  flood: { run: flood, rounds: 1 },
  'flood-and-restart': { run: floodAndRestart, rounds: 1 },
  cluster: { run: cluster, rounds: 8 },
};
