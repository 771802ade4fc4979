import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { StreamConfig } from '@nats-io/jetstream';
import { between } from '../../../scripts/stand-in/seeded-random.ts';
import type { NatsServer } from '../../fakes/nats-server.ts';
import { poll } from '../../fakes/poll.ts';
import type { Fault } from './faults.ts';
import { recovered, unready } from './nats-gateway.ts';
import { allRead, judge, startRig, type Rig } from './rig.ts';
import { administer, makeStream, streamSize, SUBJECTS, updateStream } from './stream-admin.ts';
import type { Scenario } from './tally.ts';

const MAX_IN_FLIGHT = 128;

/** Of room that is left, in bytes: for most of a window of usual messages, and not for a long one. */
const ROOM = [50_000, 60_000] as const;

const SACRIFICES = 100;

/**
 * The stream refuses newcomers until its limits are raised. One that is full by bytes takes the small messages behind a
 * large one that it has refused: they are out of order for good.
 */
export const streamFull: Scenario = async (repetitions, seed) => {
  const env = { PUBLISH_MAX_IN_FLIGHT: String(MAX_IN_FLIGHT) };
  await using rig = await startRig({ seed, env, prepare: makeWithSacrifices });
  rig.talk.begin();
  await recovered(rig.running);
  let worstRecoveryMs = 0;
  for (let round = 0; round < repetitions; round++) {
    await pause(between(rig.random, 0, 100));
    await (round % 3 === 2 ? fullByCount : fullByBytes)(rig, () => refusing(rig));
    worstRecoveryMs = Math.max(worstRecoveryMs, await recovered(rig.running));
  }
  const result = await judge(rig, { rounds: repetitions, worstRecoveryMs });
  const most = repetitions * (MAX_IN_FLIGHT - 1);
  assert.ok(
    result.overtakers <= most,
    `${result.overtakers} out of order: more than the windows in which it began`,
  );
  assert.notEqual(result.overtakers, 0, 'small messages went ahead of a long one');
  return result;
};

/**
 * A server that refuses what does not fit counts a message without its framing: it ends a few bytes beyond the limit,
 * and removes the oldest messages then (2.9.10). These are there to be removed.
 */
async function makeWithSacrifices(server: NatsServer): Promise<void> {
  await makeStream(server, {});
  await administer(server, async ({ manager }) => {
    for (let n = 0; n < SACRIFICES; n++)
      await manager.jetstream().publish(SUBJECTS.deadLetter, 'x'.repeat(500));
  });
}

const fullByCount: Fault = async (rig, hold) => {
  await fill(rig, ({ messages }) => ({ max_msgs: messages + between(rig.random, 10, 100) }));
  await hold();
  await updateStream(rig.server, { max_msgs: -1 });
};

const fullByBytes: Fault = async (rig, hold) => {
  rig.proxy.hold('to_server');
  rig.talk.sayLong(ROOM[1]);
  await fill(rig, ({ bytes }) => ({ max_bytes: bytes + between(rig.random, ...ROOM) }));
  await hold();
  await updateStream(rig.server, { max_bytes: -1 });
};

/** A whole window is on its way when the limit comes; what is stored already must be within it, or it would be removed. */
async function fill(
  rig: Rig,
  limit: (size: { messages: number; bytes: number }) => Partial<StreamConfig>,
): Promise<void> {
  const { server, proxy, talk, chat } = rig;
  proxy.hold('to_server');
  talk.say(MAX_IN_FLIGHT);
  await allRead(chat);
  await updateStream(server, { discard: 'new', ...limit(await streamSize(server)) });
  await proxy.heal();
}

async function refusing({ running, random }: Rig): Promise<void> {
  await unready(running);
  const codes = () => running.gateway.status().degraded.map(({ code }) => code);
  await poll(() =>
    Promise.resolve(assert.ok(codes().includes('stream_full'), `degraded: ${codes().join()}`)),
  );
  await pause(between(random, 0, 300));
}
