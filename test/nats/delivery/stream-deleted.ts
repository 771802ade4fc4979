import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { between } from '../../../scripts/stand-in/seeded-random.ts';
import type { NatsServer } from '../../fakes/nats-server.ts';
import { poll } from '../../fakes/poll.ts';
import { readCounters } from './counters.ts';
import { recovered, unready } from './nats-gateway.ts';
import { quiet, startRig, type Rig } from './rig.ts';
import { administer, makeStream, readStored, STREAM, streamSize } from './stream-admin.ts';
import { anew, tally, type Tally } from './tally.ts';

/** How many of the first messages the stream that is gone may have acked. */
type Acked = { readonly least: number; readonly most: number };

/** The stream is deleted while people talk. What it had acked is gone; everything else is stored in the next one. */
export const streamDeleted = anew(async (seed) => {
  await using rig = await startRig({ seed });
  rig.talk.begin();
  await recovered(rig.running);
  await pause(between(rig.random, 50, 200));
  const acked = await (seed % 2 === 0 ? deleteUnderItsEyes(rig) : replaceBehindItsBack(rig));
  const worstRecoveryMs = await recovered(rig.running);
  await quiet(rig);
  return await judgeTheNext(rig, acked, worstRecoveryMs);
});

/** The gateway finds it missing, and makes it. */
async function deleteUnderItsEyes({ server, running, talk }: Rig): Promise<Acked> {
  const least = running.gateway.status().ledger.published;
  await deleteStream(server);
  const most = talk.said.length;
  await poll(() => streamSize(server));
  return { least, most };
}

/** While the link is down nothing is acked: what was acked before is known to the message. */
async function replaceBehindItsBack({ server, proxy, running }: Rig): Promise<Acked> {
  proxy.cut();
  await unready(running);
  await deleteStream(server);
  await makeStream(server, {});
  const { published } = running.gateway.status().ledger;
  await proxy.heal();
  return { least: published, most: published };
}

async function deleteStream(server: NatsServer): Promise<void> {
  await administer(server, ({ manager }) => manager.streams.delete(STREAM));
}

/** Acks come in the order said, so that what is not in the next stream has to be the first of what was said. */
async function judgeTheNext(
  { server, running, talk }: Rig,
  acked: Acked,
  worstRecoveryMs: number,
): Promise<Tally> {
  const stored = await readStored(server);
  const counters = await readCounters(running.gateway.port);
  const gone = counters('messages_published_total') - stored.length;
  assert.ok(gone >= acked.least && gone <= acked.most, `${gone} gone, of ${JSON.stringify(acked)} acked`);
  assert.equal(counters('messages_dropped_total'), 0, 'dropped');
  const reordered = counters('reordered_total');
  return tally(stored, talk.said, talk.said.slice(gone), {
    rounds: 1,
    reordered,
    miscounted: 0,
    worstRecoveryMs,
  });
}
