import assert from 'node:assert/strict';
import { readCounters } from './counters.ts';
import { recovered } from './nats-gateway.ts';
import { allRead, judge, startRig } from './rig.ts';
import { anew } from './tally.ts';

/** Patient enough for the delay, unlike the 300 ms that an ack may take. */
const timings = { connectTimeoutMs: 5000, pingIntervalMs: 5000, answerMs: 5000 };

/** Every ack comes later than it may: all is stored while that lasts. */
export const slowBus = anew(async (seed) => {
  await using rig = await startRig({
    seed,
    timings,
    prepare: async (_, proxy) => proxy.delay(200, 40, Math.random),
  });
  for (let n = 0; n < 10; n++) rig.talk.say(30);
  await allRead(rig.chat);
  const worstRecoveryMs = await recovered(rig.running);
  const counters = await readCounters(rig.running.gateway.port);
  assert.notEqual(counters('publish_retries_total', 'kind="ambiguous"'), 0, 'acks were late');
  return await judge(rig, { rounds: 1, worstRecoveryMs });
});
