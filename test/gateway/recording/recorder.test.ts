import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Recorder } from '../../../gateway/recording/recorder.ts';
import { parseRecordedLine } from '../../../shared/recorded-line.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { tempDir } from '../store/temp-dir.ts';

const START = Date.UTC(2026, 10, 23, 10, 15, 30, 123);
const HOUR_MS = 60 * 60 * 1000;

function record(t: TestContext, maxBytes = 1e9, directory = join(tempDir(t), 'made', 'for', 'it')) {
  const clock = new VirtualClock(START);
  const told: string[] = [];
  const recorder = new Recorder({
    directory,
    maxBytes,
    clock,
    events: {
      failed: (error) => told.push(`failed ${String((error as NodeJS.ErrnoException).code)}`),
      lost: (lines) => told.push(`lost ${lines}`),
    },
  });
  const say = (line: string) => recorder.record(line, false, clock.date(), 1);
  const names = () => (existsSync(directory) ? readdirSync(directory).sort() : []);
  const lines = () => names().flatMap((name) => linesIn(join(directory, name)));
  return { recorder, clock, told, directory, say, names, lines };
}

function linesIn(path: string): string[] {
  const rows = readFileSync(path, 'utf8').split('\n');
  return rows.flatMap((row) => parseRecordedLine(row)?.line ?? []);
}

/** Until it holds; the test's own deadline is the limit. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await nextTurn();
}

/** Some file is still being written or closed. */
function isWriting(): boolean {
  return process.getActiveResourcesInfo().some((name) => /^(?:FSReq|Close)/.test(name));
}

test('every line is kept as it came: when, by which connection, and whether bytes were replaced', async (t) => {
  const { recorder, directory, names } = record(t);
  recorder.record(':tmi.twitch.tv 001 bot :Welcome, GLHF!', false, START, 1);
  recorder.record('PING :a\rb\r', true, START + 5, 2);
  await recorder.stop(1000);
  assert.deepEqual(names(), ['2026-11-23T101530.123Z.jsonl']);
  const path = join(directory, '2026-11-23T101530.123Z.jsonl');
  const rows = readFileSync(path, 'utf8').trimEnd().split('\n').map(parseRecordedLine);
  assert.deepEqual(rows, [
    {
      receivedAt: START,
      connection: 1,
      line: ':tmi.twitch.tv 001 bot :Welcome, GLHF!',
      replacedBytes: false,
    },
    { receivedAt: START + 5, connection: 2, line: 'PING :a\rb\r', replacedBytes: true },
  ]);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(directory).mode & 0o777, 0o700);
});

test('what was recorded is on the disk a second later, and sooner when it is much', async (t) => {
  const { recorder, clock, say, lines } = record(t);
  say('one');
  clock.advance(1000);
  await until(() => lines().length === 1);
  const long = 'x'.repeat(200_000);
  say(long);
  say(long);
  await until(() => lines().length === 3);
  await recorder.stop(1000);
  assert.deepEqual(lines(), ['one', long, long]);
});

test('each hour has a file of its own, and no file is made for silence', async (t) => {
  const { recorder, clock, say, names, directory } = record(t);
  for (const line of ['first', 'second', 'third']) {
    say(line);
    clock.advance(1000);
    await until(() => names().some((name) => linesIn(join(directory, name)).includes(line)));
    clock.advance(2 * HOUR_MS);
  }
  await recorder.stop(1000);
  assert.deepEqual(
    names().map((name) => name.slice(0, '2026-11-23T10'.length)),
    ['2026-11-23T10', '2026-11-23T12', '2026-11-23T14'],
  );
});

test('the oldest recordings are removed, so that all of them together stay within their limit', async (t) => {
  const maxBytes = 10_000;
  const directory = tempDir(t);
  writeFileSync(join(directory, 'notes.txt'), 'y'.repeat(maxBytes));
  const said = Array.from({ length: 500 }, (_, n) => `line ${n}`);
  for (let run = 0; run < 5; run++) {
    const { recorder, say, names } = record(t, maxBytes, directory);
    for (const line of said.slice(run * 100, run * 100 + 100)) say(line);
    await recorder.stop(1000);
    const recordings = names().filter((name) => name.endsWith('.jsonl'));
    const bytes = recordings.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
    assert.ok(bytes <= maxBytes, `${bytes} bytes`);
  }
  const { names, lines } = record(t, maxBytes, directory);
  const kept = lines();
  assert.deepEqual(kept, said.slice(-kept.length), 'the newest are kept, in order');
  assert.ok(kept.length > 80);
  assert.ok(names().includes('notes.txt'), 'what is no recording is left alone');
});

test('a line that no recording can hold is counted as lost', async (t) => {
  const { recorder, say, lines, told } = record(t, 100);
  say('x'.repeat(100));
  say('short');
  await recorder.stop(1000);
  assert.deepEqual(lines(), ['short']);
  assert.deepEqual(told, ['lost 1']);
});

test('a disk that cannot be written is told once, costs no line, and is tried again', async (t) => {
  const directory = tempDir(t);
  const blocked = join(directory, 'recordings');
  writeFileSync(blocked, 'a file where the directory should be');
  const { recorder, clock, say, lines, told } = record(t, 1e9, join(blocked, 'here'));
  for (const line of ['one', 'two', 'three']) {
    say(line);
    clock.advance(1000);
    await until(() => clock.pending === 1);
  }
  assert.deepEqual(told, ['failed ENOTDIR']);
  rmSync(blocked);
  clock.advance(1000);
  await until(() => lines().length === 3);
  await recorder.stop(1000);
  assert.deepEqual(lines(), ['one', 'two', 'three']);
  assert.deepEqual(told, ['failed ENOTDIR']);
});

test('a line that a failing disk cut off does not spoil the next one', async (t) => {
  const { recorder, clock, say, lines, names, told, directory } = record(t);
  say('before');
  clock.advance(1000);
  await until(() => lines().length === 1);
  const path = join(directory, names()[0] ?? '');
  const whole = readFileSync(path);
  // The write fails, and leaves half a line.
  rmSync(path);
  mkdirSync(path);
  say('after');
  clock.advance(1000);
  await until(() => told.length === 1);
  rmSync(path, { recursive: true });
  writeFileSync(path, Buffer.concat([whole, Buffer.from('{"receivedAt":17638')]));
  await recorder.stop(1000);
  assert.deepEqual(lines(), ['before', 'after']);
});

test('what a dead disk leaves waiting is bounded, and counted as lost at the end', async (t) => {
  const { recorder, say, told } = record(t, 1e9, '/proc/nothing/here');
  const line = 'x'.repeat(1_000_000);
  for (let count = 0; count < 20; count++) say(line);
  await recorder.stop(1000);
  assert.deepEqual(told, ['failed ENOENT', 'lost 20']);
});

test('a write that outlives the stop counts nothing again', async (t) => {
  const { recorder, clock, say, told, lines } = record(t);
  for (let count = 0; count < 200; count++) say('x'.repeat(100_000));
  const stopped = recorder.stop(1000);
  clock.advance(1000);
  await stopped;
  await until(() => lines().length > 100 && !isWriting());
  assert.deepEqual(told, ['lost 200']);
});

test('a directory that is removed under it is made anew', async (t) => {
  const { recorder, clock, say, lines, directory } = record(t);
  say('one');
  clock.advance(1000);
  await until(() => lines().length === 1);
  rmSync(directory, { recursive: true });
  say('two');
  await recorder.stop(1000);
  assert.deepEqual(lines(), ['two']);
});

test('a clock that was set back does not bring the files out of order', async (t) => {
  const { recorder, say, names, directory } = record(t);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, '2026-11-23T235959.999Z.jsonl'), '');
  say('later');
  await recorder.stop(1000);
  assert.deepEqual(names(), ['2026-11-23T235959.999Z.jsonl', '2026-11-24T000000.000Z.jsonl']);
});

test('stopped, it leaves no timer behind', async (t) => {
  const { recorder, clock, say } = record(t);
  await recorder.stop(1000);
  say('too late');
  assert.equal(clock.pending, 0);
});
