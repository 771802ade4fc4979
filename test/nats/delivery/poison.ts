import assert from 'node:assert/strict';
import { poll } from '../../fakes/poll.ts';
import type { StoredMessage } from '../../fakes/stream-audit.ts';
import { readCounters } from './counters.ts';
import { recovered } from './nats-gateway.ts';
import { allRead, judge, startRig, type Rig } from './rig.ts';
import { makeStream, readStored, SUBJECTS } from './stream-admin.ts';
import { anew } from './tally.ts';

const MAX_MSG_SIZE = 4096;
const MAX_PAYLOAD = 8192;
const BATCHES = 100;
const BATCH = 100;

/** By the message's id. */
type Poison = Map<string, 'max_payload' | 'max_msg_size'>;

/** 10,000 messages, some of them too large for the server and some for the stream. */
export const poison = anew(async (seed) => {
  await using rig = await startRig({
    seed,
    server: { config: `max_payload: ${MAX_PAYLOAD}` },
    prepare: (server) => makeStream(server, { max_msg_size: MAX_MSG_SIZE }),
  });
  await recovered(rig.running);
  const poisonous = await talkPoison(rig);
  const worstRecoveryMs = await recovered(rig.running);
  const result = await judge(rig, { rounds: 1, worstRecoveryMs }, ({ id }) => !poisonous.has(id));
  assert.equal(
    result.messages,
    (await readStored(rig.server)).length + poisonous.size,
    'no poison is stored',
  );
  const troubles = rig.running.logged.filter(({ message }) => /^bus: (down|refusing)/.test(message));
  assert.deepEqual(troubles, [], 'poison costs nobody the connection');
  await assertDeadLettered(rig, poisonous);
  return result;
});

async function talkPoison({ talk, chat, random }: Rig): Promise<Poison> {
  const poisonous: Poison = new Map();
  for (let batch = 0; batch < BATCHES; batch++) {
    const reason = random() < 0.5 ? 'max_payload' : 'max_msg_size';
    const mayPoison = random() < 0.3;
    talk.say(BATCH - (mayPoison ? 1 : 0));
    if (mayPoison) poisonous.set(talk.sayLong(reason === 'max_payload' ? MAX_PAYLOAD : MAX_MSG_SIZE), reason);
    await allRead(chat);
  }
  assert.equal(new Set(poisonous.values()).size, 2, 'there is poison of both kinds');
  return poisonous;
}

async function assertDeadLettered({ server, running }: Rig, poisonous: Poison): Promise<void> {
  const counters = await readCounters(running.gateway.port);
  for (const reason of ['max_payload', 'max_msg_size']) {
    const expected = [...poisonous.values()].filter((one) => one === reason).length;
    assert.equal(counters('messages_dead_lettered_total', `reason="${reason}"`), expected, reason);
  }
  const letters = await poll(() => readLetters(server, poisonous.size));
  const reasons = letters.map(({ id, body }): [string, string] => [
    id.replace(/^dl:/, 'tw:'),
    reasonIn(body),
  ]);
  assert.deepEqual(new Map(reasons), poisonous, 'the reason of each dead letter');
}

/** They follow the messages in their own time. */
async function readLetters(server: Rig['server'], count: number): Promise<StoredMessage[]> {
  const letters = await readStored(server, SUBJECTS.deadLetter);
  assert.equal(letters.length, count, 'dead letters on the bus');
  return letters;
}

function reasonIn(body: Buffer): string {
  const { reason } = JSON.parse(body.toString()) as { reason: string };
  return reason;
}
