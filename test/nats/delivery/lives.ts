import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { isBalanced } from '../../../gateway/ledger.ts';
import { startChatServer } from '../../../scripts/stand-in/chat-server.ts';
import { between, seededRandom } from '../../../scripts/stand-in/seeded-random.ts';
import { startNatsServer } from '../../fakes/nats-server.ts';
import { poll } from '../../fakes/poll.ts';
import type { SentMessage } from '../../fakes/stream-audit.ts';
import { temporaryDirectory } from '../../integration/gateway-process.ts';
import { lastLedger, startChild, type Child } from './nats-child.ts';
import { readStored } from './stream-admin.ts';
import { Talk } from './talk.ts';
import { tally, type Scenario } from './tally.ts';

/** Ends a gateway; returns how many lines it had counted as received. */
type Death = (child: Child) => Promise<number>;

/** kill -9; what counts is what its debug page showed before. */
const killed: Death = async (child) => {
  const { received } = await child.ledger();
  child.process.signalGroup('SIGKILL');
  await child.process.ended();
  return received;
};

/** SIGTERM; what counts is the last line of its log. */
const stopped: Death = async (child) => {
  child.process.signalGroup('SIGTERM');
  const { code, ledger } = await lastLedger(child);
  assert.equal(code, 0);
  assert.ok(isBalanced(ledger), JSON.stringify(ledger));
  return ledger.received;
};

/** With `always`, what had been counted survives kill -9. */
export const killedGateway = livesThatEnd(killed, { SPOOL: 'always' });

/** What is left at a stop is spooled, and published first by the next gateway. */
export const stoppedGateway = livesThatEnd(stopped, { SPOOL: 'overflow', SHUTDOWN_TIMEOUT_MS: '1000' });

/** Gateways that follow each other on one `DATA_DIR` while people talk, with the bus up or down. */
function livesThatEnd(death: Death, env: Readonly<Record<string, string>>): Scenario {
  return async (repetitions, seed) => {
    await using server = await startNatsServer();
    await using chat = await startChatServer();
    await using directory = await temporaryDirectory();
    const random = seededRandom(seed);
    using talk = new Talk(chat, random, Infinity);
    const options = { natsUrl: server.url, chat, dataDir: directory.path, env };
    const required: SentMessage[] = [];
    for (let round = 0; round < repetitions; round++) {
      const isBusDown = round % 2 === 1;
      if (isBusDown) await server.kill();
      await using child = await startChild(options);
      const from = talk.said.length;
      talk.begin();
      await pause(between(random, 20, 400));
      const received = await death(child);
      talk.end();
      required.push(...talk.said.slice(from, from + received));
      if (isBusDown) await server.start();
      await chat.waitFor('the end of its session', () => child.session.phase === 'ended');
    }
    await using last = await startChild(options);
    const since = performance.now();
    await poll(async () => assert.equal((await last.ledger()).queued, 0));
    const worstRecoveryMs = performance.now() - since;
    const stored = await readStored(server);
    return tally(stored, talk.said, required, {
      rounds: repetitions,
      reordered: 0,
      miscounted: 0,
      worstRecoveryMs,
    });
  };
}
