import assert from 'node:assert/strict';
import { isBalanced } from '../../../gateway/ledger.ts';
import { startChatServer } from '../../../scripts/stand-in/chat-server.ts';
import { seededRandom } from '../../../scripts/stand-in/seeded-random.ts';
import { startNatsServer } from '../../fakes/nats-server.ts';
import { poll } from '../../fakes/poll.ts';
import { temporaryDirectory } from '../../integration/gateway-process.ts';
import { readCounters } from './counters.ts';
import { peakMemory } from './memory.ts';
import { lastLedger, startChild, type Child } from './nats-child.ts';
import { readStored } from './stream-admin.ts';
import { Talk } from './talk.ts';
import { anew, tally, type Tally } from './tally.ts';

const MESSAGES = 100_000;
const BATCH = 500;
const MOST_MEMORY = 200 * 1024 * 1024;
const DRAIN_DEADLINE_MS = 60_000;

/** The bus is down for 100,000 messages: a little memory, the rest on the disk. */
export const flood = anew((seed) => flooded(seed, async (child) => child));

/** The same, with a stop and a new start before the bus returns. */
export const floodAndRestart = anew((seed) =>
  flooded(seed, async (child, start) => {
    child.process.signalGroup('SIGTERM');
    const { code, ledger } = await lastLedger(child);
    assert.equal(code, 0);
    assert.ok(isBalanced(ledger));
    assert.deepEqual([ledger.queued, ledger.dropped], [MESSAGES, 0]);
    const next = await start();
    assert.equal((await next.ledger()).recovered, MESSAGES);
    return next;
  }),
);

type Interlude = (child: Child, start: () => Promise<Child>) => Promise<Child>;

async function flooded(seed: number, interlude: Interlude): Promise<Tally> {
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await startNatsServer());
  const chat = undo.use(await startChatServer());
  const { path } = undo.use(await temporaryDirectory());
  await server.kill();
  const options = { natsUrl: server.url, chat, dataDir: path, env: { SHUTDOWN_TIMEOUT_MS: '4000' } };
  const start = async () => undo.use(await startChild(options));
  const talk = new Talk(chat, seededRandom(seed));
  const first = await start();
  await talkAllOf(talk, first);
  assertSmall(first);
  const last = await interlude(first, start);
  await server.start();
  const since = performance.now();
  const ledger = await poll(() => drainedLedger(last), DRAIN_DEADLINE_MS);
  const worstRecoveryMs = performance.now() - since;
  assertSmall(last);
  assert.deepEqual([ledger.published, ledger.dropped], [MESSAGES, 0]);
  const reordered = (await readCounters(last.port))('reordered_total');
  const stored = await readStored(server);
  return tally(stored, talk.said, talk.said, { rounds: 1, reordered, miscounted: 0, worstRecoveryMs });
}

async function talkAllOf(talk: Talk, { session, ledger }: Child): Promise<void> {
  while (talk.said.length < MESSAGES) {
    talk.say(BATCH);
    await session.roundTrip();
  }
  const counted = await ledger();
  assert.ok(isBalanced(counted), JSON.stringify(counted));
  assert.deepEqual([counted.received, counted.queued], [talk.linesSaid, MESSAGES]);
}

function assertSmall({ process: { child } }: Child): void {
  const bytes = peakMemory(child.pid ?? 0);
  assert.ok(bytes <= MOST_MEMORY, `${Math.round(bytes / 1024 / 1024)} MiB resident`);
}

async function drainedLedger(child: Child): Promise<Awaited<ReturnType<Child['ledger']>>> {
  const ledger = await child.ledger();
  assert.ok(isBalanced(ledger), JSON.stringify(ledger));
  assert.equal(ledger.queued, 0);
  return ledger;
}
