import assert from 'node:assert/strict';
import type { NatsServer } from '../../fakes/nats-server.ts';
import { poll } from '../../fakes/poll.ts';
import { recovered } from './nats-gateway.ts';
import { allRead, judge, startRig } from './rig.ts';
import { makeStream, STREAM, SUBJECTS, updateStream } from './stream-admin.ts';
import { anew } from './tally.ts';

/** None of them is an ack of our stream. */
const ANSWERS = [
  '{}',
  '',
  'not JSON',
  '{"stream":"OTHER","seq":1}',
  `{"stream":"${STREAM}","seq":0}`,
  `{"stream":"${STREAM}","seq":"7"}`,
  `{"stream":"${STREAM}","seq":1.5}`,
];

/** Somebody answers whatever is published: first alone, then beside the stream. */
export const strayResponder = anew(async (seed) => {
  await using rig = await startRig({
    seed,
    prepare: (server) => makeStream(server, { subjects: [SUBJECTS.deadLetter] }),
  });
  const { server, running, talk, chat } = rig;
  await using stray = await answerEverything(server);
  talk.say(100);
  await allRead(chat);
  await poll(() => Promise.resolve(assert.ok(stray.answered() >= 3 * ANSWERS.length, 'many answers')));
  assert.equal(running.gateway.status().ledger.published, 0, 'none of them was believed');
  await updateStream(server, { subjects: [SUBJECTS.ingress, SUBJECTS.deadLetter] });
  talk.say(100);
  return await judge(rig, { rounds: 1, worstRecoveryMs: await recovered(running) });
});

type Stray = AsyncDisposable & { answered(): number };

async function answerEverything(server: NatsServer): Promise<Stray> {
  const nc = await server.connect();
  let answered = 0;
  nc.subscribe(SUBJECTS.ingress, {
    callback: (_, message) => void message.respond(ANSWERS[answered++ % ANSWERS.length]),
  });
  await nc.flush();
  return { answered: () => answered, [Symbol.asyncDispose]: () => nc.close() };
}
