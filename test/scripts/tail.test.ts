import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Bus } from '../../gateway/bus/bus.ts';
import { embeddedBusPath, openEmbeddedBus } from '../../gateway/bus/embedded-bus.ts';
import { systemClock } from '../../gateway/clock.ts';
import { UNHEARD } from '../fakes/bus-events.ts';
import { tempDir } from '../gateway/store/temp-dir.ts';

const INGRESS = 'internal.ingress.v1';
const DEAD_LETTERS = 'internal.deadletter.v1';
/** Spaces, escapes and member order as no JSON.stringify writes them. */
const ODD_BODY = '{ "b":1,"a" : "\\u00e9 é 👋",  "payload":{"text":"hi"}}';

test('--json --from start --once prints what is stored, byte for byte, in stored order, and exits 0', async (t) => {
  const dataDir = tempDir(t);
  const bodies = [ODD_BODY, '{"n":2}', ...Array.from({ length: 1200 }, (_, n) => `{"n":${n}}`)];
  await publishAll(dataDir, INGRESS, bodies);
  const { code, stdout, stderr } = await run(t, dataDir, ['--json', '--from', 'start', '--once']);
  assert.equal(stdout, bodies.map((body) => `${body}\n`).join(''));
  assert.equal(stderr, '');
  assert.equal(code, 0);
});

test('--headers puts sequence, subject and headers around the body, which stays as it was', async (t) => {
  const dataDir = tempDir(t);
  await publishAll(dataDir, INGRESS, [ODD_BODY]);
  const { stdout } = await run(t, dataDir, ['--json', '--headers', '--from', 'start', '--once']);
  assert.equal(
    stdout,
    `{"seq":1,"subject":"${INGRESS}","headers":{"Nats-Msg-Id":"${INGRESS}-0"},"body":${ODD_BODY}}\n`,
  );
});

test('--dead-letters reads that subject, BUS_PREFIX stands before both', async (t) => {
  const dataDir = tempDir(t);
  await publishAll(dataDir, `dev.${INGRESS}`, ['{"chat":"dev"}']);
  await publishAll(dataDir, INGRESS, ['{"chat":""}']);
  await publishAll(dataDir, `dev.${DEAD_LETTERS}`, ['{"dead":"dev"}']);
  const all = ['--json', '--from', 'start', '--once'];
  assert.equal((await run(t, dataDir, all)).stdout, '{"chat":""}\n');
  assert.equal((await run(t, dataDir, all, { BUS_PREFIX: 'dev.' })).stdout, '{"chat":"dev"}\n');
  const deadLetters = await run(t, dataDir, [...all, '--dead-letters'], { BUS_PREFIX: 'dev.' });
  assert.equal(deadLetters.stdout, '{"dead":"dev"}\n');
});

test('without --json each envelope is a line to read, without colours in a pipe, in colours when forced', async (t) => {
  const dataDir = tempDir(t);
  const envelope = {
    timestamp: '2026-11-23T10:15:30.123Z',
    source: { channel: 'ch' },
    user: { displayName: 'Ann' },
    payload: { text: 'hi \u001b[2J' },
  };
  await publishAll(dataDir, INGRESS, [JSON.stringify(envelope)]);
  const args = ['--from', 'start', '--once'];
  assert.equal((await run(t, dataDir, args)).stdout, '10:15:30 #ch Ann: hi \\u{1b}[2J\n');
  const forced = await run(t, dataDir, args, { FORCE_COLOR: '1' });
  assert.ok(forced.stdout.includes('\u001b[36m#ch\u001b[39m'), forced.stdout);
});

test('it follows a store that is being written, from now on, until Ctrl-C, and exits 0', async (t) => {
  const dataDir = tempDir(t);
  await publishAll(dataDir, INGRESS, ['{"old":1}']);
  const bus = openBus(t, dataDir);
  const tail = follow(t, dataDir);
  assert.match(await tail.nextNotice(), /^Following internal\.ingress\.v1 in .* from now/);
  bus.publish(0, message(INGRESS, 1, '{"new":1}'));
  assert.equal(await tail.nextLine(), '{"new":1}');
  bus.publish(1, message(INGRESS, 2, '{"new":2}'));
  assert.equal(await tail.nextLine(), '{"new":2}');
  tail.child.kill('SIGINT');
  assert.equal(await tail.exitCode, 0);
});

test('a follower waits for a store that is not there yet, and misses nothing of it', async (t) => {
  const dataDir = tempDir(t);
  const tail = follow(t, dataDir);
  assert.match(await tail.nextNotice(), /^Nothing is stored in .* yet; waiting/);
  openBus(t, dataDir).publish(0, message(INGRESS, 0, '{"first":1}'));
  assert.equal(await tail.nextLine(), '{"first":1}');
  tail.child.kill('SIGTERM');
  assert.equal(await tail.exitCode, 0);
});

test('a closed pipe ends it with 0', async (t) => {
  const dataDir = tempDir(t);
  const bus = openBus(t, dataDir);
  const tail = follow(t, dataDir);
  await tail.nextNotice();
  tail.child.stdout.destroy();
  bus.publish(0, message(INGRESS, 0, '{}'));
  assert.equal(await tail.exitCode, 0);
  assert.equal((await tail.notices.next()).done, true);
});

test('a reader slower than the disk gets everything', async (t) => {
  const dataDir = tempDir(t);
  const bodies = Array.from({ length: 100 }, (_, n) => JSON.stringify(`${n}`.padEnd(20_000, 'x')));
  await publishAll(dataDir, INGRESS, bodies);
  const { child, exitCode } = start(t, dataDir, ['--json', '--from', 'start', '--once']);
  let read = '';
  for await (const chunk of child.stdout) {
    read += String(chunk);
    await nextTurn();
  }
  assert.equal(read, bodies.map((body) => `${body}\n`).join(''));
  assert.equal(await exitCode, 0);
});

test('with no store --once prints nothing, says so, makes nothing and exits 0', async (t) => {
  const dataDir = join(tempDir(t), 'none');
  const { code, stdout, stderr } = await run(t, dataDir, ['--json', '--from', 'start', '--once']);
  assert.deepEqual([code, stdout], [0, '']);
  assert.match(stderr, /^Nothing is stored in .*none yet\.\n$/);
  assert.equal(existsSync(dataDir), false);
});

test('--help prints the usage to stdout and exits 0', async (t) => {
  const { code, stdout, stderr } = await run(t, tempDir(t), ['--help']);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /Usage: npm run -s tail -- /);
});

const BAD_USE: readonly [readonly string[], RegExp][] = [
  [['--jsn'], /--jsn/],
  [['--from', 'yesterday'], /--from takes "start" or "now"/],
  [['--from'], /--from/],
  [['--headers'], /--headers needs --json/],
  [['extra'], /extra/],
];

for (const [args, said] of BAD_USE) {
  test(`tail ${args.join(' ')} exits 2 with the usage, on stderr`, async (t) => {
    const { code, stdout, stderr } = await run(t, tempDir(t), args);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, said);
    assert.match(stderr, /Usage: npm run -s tail -- /);
  });
}

test('a wrong setting and a file of something else exit 2 and are named', async (t) => {
  const dataDir = tempDir(t);
  const wrong = await run(t, dataDir, ['--once'], { BUS_PREFIX: 'dev' });
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /^BUS_PREFIX is "dev"/);
  writeFileSync(embeddedBusPath(dataDir), 'something else entirely '.repeat(100));
  const foreign = await run(t, dataDir, ['--once']);
  assert.equal(foreign.code, 2);
  assert.match(foreign.stderr, /bus\.sqlite: this is not a SQLite file/);
});

function start(t: TestContext, dataDir: string, args: readonly string[], env: Record<string, string> = {}) {
  const script = join(import.meta.dirname, '../../scripts/tail.ts');
  const child = spawn(process.execPath, [script, ...args], {
    env: { PATH: process.env['PATH'], DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const exitCode = once(child, 'exit').then(([code]) => code as number | null);
  return { child, exitCode };
}

/** Runs it to its end. */
async function run(
  t: TestContext,
  dataDir: string,
  args: readonly string[],
  env: Record<string, string> = {},
) {
  const { child, exitCode } = start(t, dataDir, args, env);
  const [code, stdout, stderr] = await Promise.all([exitCode, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

function follow(t: TestContext, dataDir: string) {
  const { child, exitCode } = start(t, dataDir, ['--json']);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const notices = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  const next = async (from: typeof lines) => String((await from.next()).value);
  return { child, exitCode, notices, nextLine: () => next(lines), nextNotice: () => next(notices) };
}

function openBus(t: TestContext, dataDir: string): Bus {
  const open = openEmbeddedBus({ dataDir, maxBytes: 1e9, clock: systemClock });
  const bus = open(UNHEARD);
  t.after(() => bus.close(1000));
  return bus;
}

async function publishAll(dataDir: string, subject: string, bodies: readonly string[]): Promise<void> {
  const open = openEmbeddedBus({ dataDir, maxBytes: 1e9, clock: systemClock });
  const bus = open(UNHEARD);
  for (const [index, body] of bodies.entries()) bus.publish(index, message(subject, index, body));
  await bus.close(10_000);
}

function message(subject: string, index: number, body: string) {
  const messageId = `${subject}-${index}`;
  return { messageId, subject, headers: { 'Nats-Msg-Id': messageId }, body: Buffer.from(body) };
}
