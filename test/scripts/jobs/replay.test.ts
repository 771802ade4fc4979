import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openDataDir } from '../../../gateway/store/data-dir.ts';
import type { Envelope } from '../../../shared/envelope.ts';
import { recordedDemo } from '../../fakes/recorded-demo.ts';
import { tempDir } from '../../gateway/store/temp-dir.ts';
import { run, start, stored, storedIds, untilStored } from './replay-process.ts';

const SETTLED = / \+ queued 0 \+ deadLettered 0 \+ dropped 0\n$/;

test('a recording replayed twice stores every envelope once, byte for byte as it was received live', async (t) => {
  const directory = tempDir(t);
  const { expected, ignored } = await recordedDemo(join(directory, 'recordings'));
  const dataDir = join(directory, 'data');
  const args = ['--fast', join(directory, 'recordings')];
  const first = await run(t, args, { DATA_DIR: dataDir });
  assert.deepEqual([first.code, first.stderr], [0, '']);
  assert.match(first.stdout, new RegExp(`ignored: .*other_command ${ignored}\n`));
  assert.match(first.stdout, new RegExp(`published ${expected.length} `));
  assert.match(first.stdout, SETTLED);
  const second = await run(t, args, { DATA_DIR: dataDir });
  assert.equal(second.code, 0);
  assert.match(second.stdout, /received (\d+) \+ recovered 0 = published 0 \+ duplicates \1 /);
  assert.deepEqual(await stored(dataDir), expected);
});

const line = (n: number, at = 1_600_000_000_000 + n): string =>
  `@id=id-${n};tmi-sent-ts=${at} :ada!ada@ada.tmi.twitch.tv PRIVMSG #alpha :line ${n}`;
const lines = (count: number): string => Array.from({ length: count }, (_, n) => `${line(n)}\r\n`).join('');
const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `id-${n}`);

test('a plain log, a packed one and standard input give the same; what is not chat is counted by reason', async (t) => {
  const directory = tempDir(t);
  const content = `:tmi.twitch.tv 001 bot :Welcome\r\n${lines(20)}PRIVMSG ann :psst\r\n\r\n`;
  const [plain, packed] = [join(directory, 'a.log'), join(directory, 'a.log.gz')];
  writeFileSync(plain, content);
  writeFileSync(packed, gzipSync(content));
  for (const [index, args] of [[plain], [packed], ['-']].entries()) {
    const dataDir = join(directory, `data-${index}`);
    const { code, stdout } = await run(t, ['--fast', ...args], { DATA_DIR: dataDir }, packed);
    assert.match(stdout, /^1 input, 23 lines in /);
    assert.match(stdout, /ignored: malformed 1, not_a_channel 1, other_command 1\n/);
    assert.equal(code, 0);
    assert.deepEqual(await storedIds(dataDir), ids(20));
  }
  const [first] = await stored(join(directory, 'data-0'));
  const { timestamp } = JSON.parse(first ?? '') as Envelope;
  assert.equal(timestamp, new Date(1_600_000_000_000).toISOString());
});

test('a queue that holds two messages drops none of two hundred', async (t) => {
  const directory = tempDir(t);
  writeFileSync(join(directory, 'a.log'), lines(200));
  const env = { DATA_DIR: join(directory, 'data'), QUEUE_MAX_BYTES: '3500' };
  const { code, stdout } = await run(t, ['--fast', join(directory, 'a.log')], env);
  assert.match(stdout, /received 200 \+ recovered 0 = published 200 /);
  assert.equal(code, 0);
  assert.deepEqual(await storedIds(env.DATA_DIR), ids(200));
});

test('without --fast it keeps the recorded pace', async (t) => {
  const directory = tempDir(t);
  writeFileSync(join(directory, 'a.log'), [line(0, 1000), line(1, 1700)].join('\n'));
  const startedAt = performance.now();
  const { code } = await run(t, [join(directory, 'a.log')], { DATA_DIR: join(directory, 'data') });
  assert.equal(code, 0);
  assert.ok(performance.now() - startedAt >= 700);
});

test('the tasks of a job share the files out, and store everything together', async (t) => {
  const directory = tempDir(t);
  const [logs, dataDir] = [join(directory, 'logs'), join(directory, 'data')];
  mkdirSync(logs);
  for (let n = 0; n < 5; n++) writeFileSync(join(logs, `${n}.log`), line(n));
  const found: string[][] = [];
  for (const index of ['0', '1']) {
    const env = { DATA_DIR: dataDir, CLOUD_RUN_TASK_INDEX: index, CLOUD_RUN_TASK_COUNT: '2' };
    assert.equal((await run(t, ['--fast', logs], env)).code, 0);
    found.push(await storedIds(dataDir));
  }
  assert.deepEqual(found, [
    ['id-0', 'id-2', 'id-4'],
    ['id-0', 'id-2', 'id-4', 'id-1', 'id-3'],
  ]);
});

test('a file that is damaged gives what it has, the others are replayed, and the exit code is 2', async (t) => {
  const directory = tempDir(t);
  const [broken, whole] = [join(directory, 'a.log.gz'), join(directory, 'b.log')];
  const packed = gzipSync(lines(5));
  writeFileSync(broken, packed.subarray(0, packed.length - 8));
  writeFileSync(whole, line(5));
  const env = { DATA_DIR: join(directory, 'data') };
  const { code, stderr } = await run(t, ['--fast', broken, whole], env);
  assert.match(stderr, /a\.log\.gz: unexpected end of file\n$/);
  assert.equal(code, 2);
  assert.deepEqual(await storedIds(env.DATA_DIR), ids(6));
});

test('a message that the bus refuses for good is a dead letter, and the exit code is 1', async (t) => {
  const directory = tempDir(t);
  writeFileSync(join(directory, 'a.log'), `${line(0)} ${'x'.repeat(9000)}\n${line(1)}`);
  const env = { DATA_DIR: join(directory, 'data'), EMBEDDED_MAX_BYTES: '6000' };
  const { code, stdout, stderr } = await run(t, ['--fast', join(directory, 'a.log')], env);
  assert.match(stdout, /published 1 \+ duplicates 0 \+ queued 0 \+ deadLettered 1 \+ dropped 0\n$/);
  assert.match(stderr, /message dead-lettered/);
  assert.equal(code, 1);
});

test('Ctrl-C ends it with what is on its way stored, the summary and exit code 1', async (t) => {
  const directory = tempDir(t);
  const dataDir = join(directory, 'data');
  const { child, ended } = start(t, ['-'], { DATA_DIR: dataDir });
  child.stdin.write(`${line(0, 0)}\n${line(1, 3_600_000)}\n`);
  await untilStored(dataDir, 1);
  child.kill('SIGINT');
  const { code, stdout, stderr } = await ended;
  assert.equal(code, 1);
  assert.match(stderr, /Interrupted/);
  assert.match(stdout, /published 1 \+ duplicates 0 \+ queued 0 /);
  assert.deepEqual(await storedIds(dataDir), ['id-0']);
});

test('the embedded bus of a gateway that runs is refused with the cure', async (t) => {
  const directory = tempDir(t);
  writeFileSync(join(directory, 'a.log'), line(0));
  const dataDir = openDataDir(join(directory, 'data'));
  t.after(() => dataDir.release());
  const { code, stdout, stderr } = await run(t, [join(directory, 'a.log')], { DATA_DIR: dataDir.path });
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /in use by another gateway.* stop the gateway, then replay again\.\n$/);
});

test('--help prints the usage to stdout and exits 0', async (t) => {
  const { code, stdout, stderr } = await run(t, ['--help']);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /Usage: npm run replay -- /);
});

const BAD_USE: readonly [readonly string[], Record<string, string>, RegExp][] = [
  [[], {}, /^Name what to replay\n\nPublishes[^]*Usage: /],
  [['--fsat', 'a'], {}, /--fsat[^]*Usage: /],
  [['/nowhere/a.log'], {}, /^\/nowhere\/a\.log: ENOENT[^\n]*\n$/],
  [['-'], { PUBLISH_TIMEOUT_MS: '1s', BUS_PREFIX: 'dev' }, /BUS_PREFIX is "dev"/],
  [['-'], { PUBLISH_TIMEOUT_MS: '1s', BUS_PREFIX: 'dev' }, /PUBLISH_TIMEOUT_MS is "1s"/],
  [['-'], { DATA_DIR: '/dev/null' }, /^DATA_DIR \/dev\/null cannot be used/],
];

for (const [args, env, said] of BAD_USE) {
  test(`replay ${args.join(' ')} with ${JSON.stringify(env)} exits 2 and says why`, async (t) => {
    const { code, stdout, stderr } = await run(t, args, { DATA_DIR: join(tempDir(t), 'none'), ...env });
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, said);
  });
}
