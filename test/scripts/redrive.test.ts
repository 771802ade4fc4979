import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Bus, BusMessage } from '../../gateway/bus/bus.ts';
import { embeddedBusPath, openEmbeddedBus } from '../../gateway/bus/embedded-bus.ts';
import { systemClock } from '../../gateway/clock.ts';
import { toDeadLetter, truncated } from '../../gateway/publish/dead-letter.ts';
import { deadLettersPath } from '../../gateway/publish/dead-letters.ts';
import { openLogReader, type LogEntry } from '../../gateway/store/log-reader.ts';
import { openLog } from '../../gateway/store/log.ts';
import { UNHEARD } from '../fakes/bus-events.ts';
import {
  DEAD_LETTERS,
  envelopeOf,
  localLetters,
  rejectionOf,
} from '../gateway/publish/dead-letter-harness.ts';
import { KEEP_ALL } from '../gateway/store/log-helpers.ts';
import { tempDir } from '../gateway/store/temp-dir.ts';
import { runRedrive, type Ran } from './redrive-process.ts';

const INGRESS = 'internal.ingress.v1';

const whole = (id: string) => toDeadLetter(rejectionOf(id), DEAD_LETTERS, 0);
const cut = (id: string) => truncated(whole(id)) ?? whole(id);

test('it publishes what is local and what is on the bus, says how many, exits 0, and has nothing to do a second time', async (t) => {
  const dataDir = await store(t, { local: [whole('l')], onBus: [whole('a'), whole('b')] });
  const first = await run(t, dataDir);
  assert.deepEqual(first, { code: 0, stdout: 'redriven 3, skipped 0, left 0\n', stderr: '' });
  const stored = read(dataDir, INGRESS);
  assert.deepEqual(
    stored.map(({ messageId }) => messageId),
    ['tw:l', 'tw:a', 'tw:b'],
  );
  assert.equal(Buffer.from(stored[1]?.body ?? []).toString(), envelopeOf('a'));
  assert.equal(stored[1]?.headers['Nats-Msg-Id'], 'tw:a');
  assert.equal(stored[1]?.headers['type'], 'external.chat.message.v1');
  assert.deepEqual(localLetters(dataDir), []);
  assert.equal((await run(t, dataDir)).stdout, 'redriven 0, skipped 0, left 0\n');
  assert.equal(read(dataDir, INGRESS).length, 3);
});

test('it works beside a gateway that goes on publishing', async (t) => {
  const dataDir = tempDir(t);
  const bus = openBus(t, dataDir);
  await sendAll(bus, [whole('a'), chat('before')]);
  const running = run(t, dataDir);
  let ran: Ran | undefined;
  let count = 0;
  while (!ran) {
    const sent = sendAll(bus, [chat(`during-${count++}`)]).then(() => undefined);
    ran = await Promise.race([running, sent]);
  }
  assert.equal(ran.stdout, 'redriven 1, skipped 0, left 0\n');
  await sendAll(bus, [chat('after')]);
  const ids = read(dataDir, INGRESS).map(({ messageId }) => messageId);
  assert.equal(ids.length, count + 3);
  assert.ok(ids.includes('tw:a'));
});

test('BUS_PREFIX stands before both subjects', async (t) => {
  const dataDir = await store(t, { onBus: [whole('a'), { ...whole('b'), subject: `dev.${DEAD_LETTERS}` }] });
  const { stdout } = await run(t, dataDir, [], { BUS_PREFIX: 'dev.' });
  assert.equal(stdout, 'redriven 1, skipped 0, left 0\n');
  assert.deepEqual(
    read(dataDir, `dev.${INGRESS}`).map(({ messageId }) => messageId),
    ['tw:b'],
  );
});

test('--dry-run says what would be done, and touches nothing', async (t) => {
  const dataDir = await store(t, { local: [whole('l')], onBus: [cut('l'), whole('a'), whole('b')] });
  const { code, stdout } = await run(t, dataDir, ['--dry-run', '--limit=2']);
  assert.deepEqual([code, stdout], [1, 'would redrive 2, skip 0, leave 1\n']);
  assert.deepEqual(read(dataDir, INGRESS), []);
  assert.equal((await run(t, dataDir)).stdout, 'redriven 3, skipped 0, left 0\n');
});

test('--reason redrives only letters with that reason, and what it skips is no failure', async (t) => {
  const other = toDeadLetter(rejectionOf('other', { reason: 'bad_header' }), DEAD_LETTERS, 0);
  const dataDir = await store(t, { onBus: [whole('a'), other] });
  const { code, stdout } = await run(t, dataDir, ['--reason', 'bad_header']);
  assert.deepEqual([code, stdout], [0, 'redriven 1, skipped 1, left 0\n']);
});

test('what is too large for the bus is left until EMBEDDED_MAX_BYTES allows it; nothing else is removed for it', async (t) => {
  const chats = Array.from({ length: 20 }, (_, n) => chat(`chat-${n}`));
  const dataDir = await store(t, { local: [whole('large')], onBus: [...chats, cut('large')] });
  const small = await run(t, dataDir, [], { EMBEDDED_MAX_BYTES: '300' });
  assert.deepEqual([small.code, small.stdout], [1, 'redriven 0, skipped 0, left 1\n']);
  assert.match(small.stderr, /^left: large: [0-9]+ bytes with headers; EMBEDDED_MAX_BYTES is 300\n$/);
  assert.equal(read(dataDir, INGRESS).length, 20);
  const large = await run(t, dataDir, [], { EMBEDDED_MAX_BYTES: '3000' });
  assert.deepEqual(large, { code: 0, stdout: 'redriven 1, skipped 0, left 0\n', stderr: '' });
  assert.equal(read(dataDir, INGRESS).length, 21);
  assert.deepEqual(localLetters(dataDir), []);
});

test('many that are left are named a few and counted all, without a word of the chat', async (t) => {
  const cuts = Array.from({ length: 30 }, (_, n) => cut(`id\\u001b${n}`));
  const dataDir = await store(t, { onBus: cuts });
  const { code, stdout, stderr } = await run(t, dataDir);
  assert.deepEqual([code, stdout], [1, 'redriven 0, skipped 0, left 30\n']);
  const lines = stderr.trimEnd().split('\n');
  assert.equal(lines.length, 21);
  assert.match(lines[0] ?? '', /^left: id\\u\{1b\}0: truncated, /);
  assert.equal(lines[20], 'More that are left are only counted.');
});

test('where nothing is stored it says so, makes nothing and exits 0', async (t) => {
  const dataDir = join(tempDir(t), 'none');
  const { code, stdout, stderr } = await run(t, dataDir);
  assert.deepEqual([code, stdout], [0, 'redriven 0, skipped 0, left 0\n']);
  assert.match(stderr, /^Nothing is stored in .*none\.\n$/);
  assert.equal(existsSync(dataDir), false);
});

test('letters of a gateway on NATS are not redriven into an embedded bus made for them', async (t) => {
  const dataDir = await store(t, { local: [whole('a')] });
  const { code, stderr } = await run(t, dataDir);
  assert.equal(code, 2);
  assert.match(stderr, /There is no embedded bus in .*: check MESSAGE_BUS_DRIVER\.\n$/);
  assert.ok(!existsSync(embeddedBusPath(dataDir)), String(readdirSync(dataDir)));
});

test('--help prints the usage to stdout and exits 0', async (t) => {
  const { code, stdout, stderr } = await run(t, tempDir(t), ['--help']);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /Usage: npm run redrive -- /);
});

const BAD_USE: readonly [readonly string[], RegExp][] = [
  [['--dryrun'], /--dryrun/],
  [['--reason', 'weather'], /--reason takes max_payload, max_msg_size, bad_header, unknown_error/],
  [['--limit', '0'], /--limit takes a decimal integer from 1/],
  [['--limit', '1e3'], /--limit takes a decimal integer from 1/],
  [['extra'], /extra/],
];

for (const [args, said] of BAD_USE) {
  test(`redrive ${args.join(' ')} exits 2 with the usage, on stderr`, async (t) => {
    const { code, stdout, stderr } = await run(t, tempDir(t), args);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, said);
    assert.match(stderr, /Usage: npm run redrive -- /);
  });
}

test('a wrong setting and a file of something else exit 2 and are named', async (t) => {
  const dataDir = tempDir(t);
  const wrong = await run(t, dataDir, [], { BUS_PREFIX: 'dev' });
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /^BUS_PREFIX is "dev"/);
  writeFileSync(deadLettersPath(dataDir), 'something else entirely '.repeat(100));
  const foreign = await run(t, dataDir);
  assert.equal(foreign.code, 2);
  assert.match(foreign.stderr, /dead-letters\.sqlite: this is not a SQLite file/);
});

const run = (
  t: TestContext,
  dataDir: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
) => runRedrive(t, args, { DATA_DIR: dataDir, ...env });

/** A directory in which these letters are stored. */
async function store(
  t: TestContext,
  letters: { local?: BusMessage[]; onBus?: BusMessage[] },
): Promise<string> {
  const dataDir = tempDir(t);
  if (letters.local) {
    const log = openLog(deadLettersPath(dataDir), { ...KEEP_ALL, synchronous: 'NORMAL' });
    log.append(letters.local.map((letter) => ({ ...letter, time: 0, attributes: {} })));
    log.close();
  }
  if (letters.onBus) {
    const bus = openBus(t, dataDir);
    await sendAll(bus, letters.onBus);
    await bus.close(1000);
  }
  return dataDir;
}

function openBus(t: TestContext, dataDir: string): Bus {
  const bus = openEmbeddedBus({ dataDir, maxBytes: 1e9, clock: systemClock })(UNHEARD);
  t.after(() => bus.close(1000));
  return bus;
}

async function sendAll(bus: Bus, messages: readonly BusMessage[]): Promise<void> {
  const outcomes = await Promise.all(messages.map((message) => bus.send(message)));
  for (const { kind } of outcomes) assert.equal(kind, 'stored');
}

function chat(id: string): BusMessage {
  return { messageId: `tw:${id}`, subject: INGRESS, headers: {}, body: Buffer.from('{}') };
}

function read(dataDir: string, subject: string): LogEntry[] {
  const reader = openLogReader(embeddedBusPath(dataDir));
  const entries = reader?.read({ after: 0, limit: 100_000, subject }) ?? [];
  reader?.close();
  return entries;
}
