import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { readCounters } from './counters.ts';
import { LedgerWatch } from './ledger-watch.ts';
import { drained, recovered, runOnNats } from './nats-gateway.ts';
import { quiet, startRig } from './rig.ts';
import { readStored } from './stream-admin.ts';
import { CHANNELS } from './talk.ts';
import { anew, tally } from './tally.ts';

/** Acks that come in time, however busy the machine: after a lost one both gateways may count a message as theirs. */
const env = { PUBLISH_TIMEOUT_MS: '30000' };
const timings = { pingIntervalMs: 10_000 };

const TALK_MS = 500;

/** Two gateways read the same channels and publish to the same stream, as during a deployment. */
export const twoGateways = anew(async (seed) => {
  await using rig = await startRig({ seed, env, timings });
  const { chat, talk, running: first, server, proxy } = rig;
  const natsUrl = `nats://127.0.0.1:${proxy.port}`;
  await using second = await runOnNats({ natsUrl, chatUrl: chat.url, env, timings, replicas: 1 });
  using watch = new LedgerWatch(second.gateway);
  const inAll = () => chat.registered.filter(({ channels }) => channels.size === CHANNELS.length).length;
  await chat.waitFor('two gateways in every channel', () => inAll() === 2);
  talk.begin();
  await pause(TALK_MS);
  const worstRecoveryMs = Math.max(await recovered(first), await recovered(second));
  await quiet(rig);
  await drained(second);
  watch.assertBalanced();
  const stored = await readStored(server);
  const counters = await Promise.all([first, second].map(({ gateway }) => readCounters(gateway.port)));
  const total = (name: string, labels?: string) =>
    counters.reduce((sum, count) => sum + count(name, labels), 0);
  assert.equal(total('messages_published_total'), stored.length, 'what both have published is stored');
  assert.equal(
    total('messages_duplicates_total', 'where="bus"'),
    stored.length,
    'once each has found it there',
  );
  return tally(stored, talk.said, talk.said, {
    rounds: 1,
    reordered: total('reordered_total'),
    miscounted: 0,
    worstRecoveryMs,
  });
});
