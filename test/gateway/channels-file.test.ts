import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  ChannelsFileError,
  readChannelsFile,
  watchChannelsFile,
  type ChannelsFile,
} from '../../gateway/channels-file.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { tempDir } from './store/temp-dir.ts';

const POLL_MS = 2000;
const SETTLE_MS = 250;

test('channels stand between commas, spaces or line ends; "#", case and repeats are forgiven', async (t) => {
  const path = join(tempDir(t), 'channels');
  writeFileSync(path, '\n#One, two\r\nTHREE\n\ntwo one\n');
  assert.deepEqual(await readChannelsFile(path), ['one', 'two', 'three']);
});

const USELESS: readonly [string, (path: string) => void, RegExp][] = [
  ['is missing', () => undefined, /^TWITCH_CHANNELS_FILE .*channels: ENOENT.* Name a file of channel logins/],
  ['is a directory', (path) => mkdirSync(path), /it is not a file\. Name a file/],
  [
    'is empty',
    (path) => writeFileSync(path, ' \n'),
    /it must hold channel logins .* Name at least one channel\./,
  ],
  ['holds a name that is none', (path) => writeFileSync(path, 'a\nb-c\n'), /Not a login: "b-c"\./],
  [
    'holds something else altogether',
    (path) => writeFileSync(path, `${'-'.repeat(1_000_000)} ${'no! '.repeat(100_000)}`),
    /Not a login: "-{40}…", "no!", "no!", "no!", "no!" and 99996 more\.$/,
  ],
  ['is huge', (path) => (writeFileSync(path, 'a'), truncateSync(path, 2 ** 32)), /larger than \d+ bytes/],
];

for (const [what, make, said] of USELESS) {
  test(`a file that ${what} is refused with the cure`, async (t) => {
    const path = join(tempDir(t), 'channels');
    make(path);
    await assert.rejects(readChannelsFile(path), (error) => {
      assert.ok(error instanceof ChannelsFileError);
      assert.match(error.message, said);
      return true;
    });
  });
}

type Watched = {
  readonly file: ChannelsFile;
  readonly clock: VirtualClock;
  readonly path: string;
  readonly heard: string[];
  /** So much time passes, with one look at the file. */
  readonly step: (ms: number) => Promise<void>;
  /** Lets the file be looked at, and again where that is due. */
  readonly look: () => Promise<void>;
};

/** The file holds "a b" at the start. */
function watch(t: TestContext): Watched {
  const path = join(tempDir(t), 'channels');
  writeFileSync(path, 'a b');
  const clock = new VirtualClock();
  const heard: string[] = [];
  const file = watchChannelsFile({
    path,
    channels: ['a', 'b'],
    clock,
    onChange: (channels) => heard.push(channels.join(' ')),
    onTrouble: (sentence) => heard.push(sentence.replace(/.*channels: /, '')),
  });
  t.after(() => file.stop());
  const step = async (ms: number) => {
    clock.advance(ms);
    while (clock.pending === 0) await nextTurn();
  };
  const look = async () => {
    await step(POLL_MS);
    await step(SETTLE_MS);
  };
  return { file, clock, path, heard, step, look };
}

test('a change is told within 2.5 s, once', async (t) => {
  const { path, heard, look } = watch(t);
  await look();
  assert.deepEqual(heard, []);
  writeFileSync(path, 'b\nc\n');
  await look();
  assert.deepEqual(heard, ['b c']);
  await look();
  assert.deepEqual(heard, ['b c']);
});

test('another file in its place is noticed: renamed over it, or behind a symbolic link', async (t) => {
  const { path, heard, look } = watch(t);
  writeFileSync(`${path}.new`, 'renamed');
  renameSync(`${path}.new`, path);
  await look();
  writeFileSync(`${path}.target`, 'linked');
  rmSync(path);
  symlinkSync(`${path}.target`, path);
  await look();
  assert.deepEqual(heard, ['renamed', 'linked']);
});

test('a file that is being written is not believed before it stays as it is', async (t) => {
  const { path, heard, step } = watch(t);
  writeFileSync(path, '');
  await step(POLL_MS);
  writeFileSync(path, 'a\nlong');
  await step(SETTLE_MS);
  writeFileSync(path, 'a\nlong_name\n');
  await step(SETTLE_MS);
  assert.deepEqual(heard, []);
  await step(SETTLE_MS);
  assert.deepEqual(heard, ['a long_name']);
});

test('a file that becomes useless changes nothing, is degraded, and recovers by itself', async (t) => {
  const { file, path, heard, look } = watch(t);
  assert.deepEqual(file.degraded(), []);
  for (const [useless, said] of [
    [() => writeFileSync(path, ''), /it must hold channel logins .* Name at least one channel\.$/],
    [() => writeFileSync(path, 'a b-c'), /Not a login: "b-c"\.$/],
    [() => rmSync(path), /ENOENT.* Name a file/],
  ] as const) {
    useless();
    await look();
    const [degradation] = file.degraded();
    assert.equal(degradation?.code, 'channels_file');
    assert.match(degradation?.sentence ?? '', /^the channels stay as they were: TWITCH_CHANNELS_FILE /);
    assert.match(degradation?.sentence ?? '', said);
    assert.match(heard.pop() ?? '', said);
    await look();
    assert.deepEqual(heard, [], 'the same trouble is told once');
    writeFileSync(path, 'a b');
    await look();
    assert.deepEqual(file.degraded(), []);
    assert.deepEqual(heard, [], 'the channels never changed');
  }
  rmSync(path);
  await look();
  heard.length = 0;
  writeFileSync(path, 'c');
  await look();
  assert.deepEqual(heard, ['c']);
});

test('stopped, it looks no more', async (t) => {
  const { file, clock, path, heard } = watch(t);
  writeFileSync(path, 'c');
  clock.advance(POLL_MS);
  file.stop();
  await readChannelsFile(path);
  clock.advance(10 * POLL_MS);
  assert.equal(clock.pending, 0);
  assert.deepEqual(heard, []);
});
