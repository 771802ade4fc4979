import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { systemClock, type Clock } from '../../../gateway/clock.ts';
import { openTokenFile } from '../../../gateway/tokens/token-file.ts';
import { TokenStoreError, type TokenStore } from '../../../gateway/tokens/token-store.ts';
import type { Token } from '../../../gateway/tokens/token.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { tempDir } from '../store/temp-dir.ts';

const TOKEN: Token = {
  accessToken: 'canary-access',
  refreshToken: 'canary-refresh',
  scope: ['chat:read'],
  expiresIn: 14_400,
  obtainmentTimestamp: 1_700_000_000_000,
  userId: '713936733',
};
const named = (accessToken: string): Token => ({ ...TOKEN, accessToken });
const modeOf = (path: string): number => statSync(path).mode & 0o777;

const storeAt = (path: string, clock: Clock = systemClock): TokenStore => openTokenFile(path, clock);
const fileIn = (t: TestContext): string => join(tempDir(t), 'token.json');

async function refused(work: Promise<unknown>, kind: TokenStoreError['kind'], says: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof TokenStoreError, inspect(error));
    assert.equal(error.kind, kind);
    assert.match(error.message, says);
    assert.doesNotMatch(inspect(error, { depth: null, showHidden: true }), /canary/);
    return true;
  });
}

test('what is saved is loaded by another store, from a file that only this user may read', async (t) => {
  const path = join(tempDir(t), 'new', 'directory', 'token.json');
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  assert.equal(await storeAt(path, clock).load(), undefined);
  const result = await storeAt(path, clock).save(TOKEN, undefined);
  assert.equal(result.kind, 'saved');
  assert.deepEqual(await storeAt(path).load(), result.stored);
  assert.deepEqual(result.stored.token, TOKEN);
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), {
    ...TOKEN,
    updatedAt: '2026-01-01T00:00:00.000Z',
  });
  assert.deepEqual([modeOf(path), modeOf(dirname(path))], [0o600, 0o700]);
  assert.deepEqual(readdirSync(dirname(path)), ['token.json']);
});

test('wider rights of a file that is there are taken away', async (t) => {
  const path = fileIn(t);
  writeFileSync(path, JSON.stringify(TOKEN));
  chmodSync(path, 0o644);
  assert.equal((await storeAt(path).load())?.token.userId, TOKEN.userId);
  assert.equal(modeOf(path), 0o600);
});

test('a byte order mark, as some editors leave it, is forgiven', async (t) => {
  const path = fileIn(t);
  writeFileSync(path, `\u{feff}${JSON.stringify(TOKEN)}`);
  assert.deepEqual((await storeAt(path).load())?.token, TOKEN);
});

const USELESS: readonly [string, (path: string) => void, RegExp][] = [
  ['is empty', (path) => writeFileSync(path, ''), /: it is not JSON\. .* npm run authorize$/],
  ['was half written', (path) => writeFileSync(path, JSON.stringify(TOKEN).slice(0, -9)), /it is not JSON/],
  ['is something else', (path) => writeFileSync(path, '{"access_token":"canary"}'), /accessToken must be/],
];

for (const [what, make, says] of USELESS) {
  test(`a file that ${what} is no token, and is told without a word of what it holds`, async (t) => {
    const path = fileIn(t);
    make(path);
    await refused(storeAt(path).load(), 'invalid', says);
  });
}

const SOMEBODYS: readonly [string, (path: string) => void, RegExp][] = [
  ['directory', (path) => mkdirSync(path), /is not a file, .* Name another file in TOKEN_FILE/],
  ['pipe', (path) => spawnSync('mkfifo', [path]), /is not a file, .* Name another file/],
  ['huge file', (path) => (writeFileSync(path, ''), truncateSync(path, 2 ** 32)), /larger than 65536 bytes/],
];

for (const [what, make, says] of SOMEBODYS) {
  test(`a ${what} in the token's place is not written over`, async (t) => {
    const path = fileIn(t);
    make(path);
    await refused(storeAt(path).load(), 'denied', says);
    await refused(storeAt(path).save(TOKEN, undefined), 'denied', says);
  });
}

test('a place that cannot be is told with its code', async (t) => {
  const path = fileIn(t);
  writeFileSync(path, '');
  const below = storeAt(join(path, 'token.json'));
  await refused(below.load(), 'unreachable', /cannot be read or written \(ENOTDIR\)/);
  await refused(
    below.save(TOKEN, undefined),
    'unreachable',
    /cannot be read or written \((ENOTDIR|EEXIST)\)/,
  );
  await refused(storeAt('/proc/nowhere/token.json').save(TOKEN, undefined), 'unreachable', /\(ENOENT\)/);
});

test('a place that takes no file of ours is told with the cure', async () => {
  const store = storeAt('/sys/token.json');
  await refused(
    store.save(TOKEN, undefined),
    'denied',
    /\(E\w+\)\. Name a file in TOKEN_FILE that this user may/,
  );
});

test('a save over a version that somebody else replaced is a conflict, and gives theirs', async (t) => {
  const path = fileIn(t);
  const [one, other] = [storeAt(path), storeAt(path)];
  const first = await one.save(TOKEN, undefined);
  const theirs = await other.save(named('theirs'), first.stored?.version);
  assert.equal(theirs.kind, 'saved');
  const late = { kind: 'conflict', stored: theirs.stored };
  assert.deepEqual(await one.save(named('ours'), first.stored?.version), late);
  assert.deepEqual(await one.save(named('ours'), undefined), late);
  assert.deepEqual(await one.load(), theirs.stored);
  assert.deepEqual(readdirSync(dirname(path)), ['token.json'], 'what was not renamed is gone');
  rmSync(path);
  const removed = await one.save(named('ours'), theirs.stored.version);
  assert.deepEqual(removed, { kind: 'conflict', stored: undefined });
});

test('of many that save at once one wins, and the others are given its token', async (t) => {
  const path = fileIn(t);
  const saves = Array.from({ length: 8 }, (_, index) => storeAt(path).save(named(`by-${index}`), undefined));
  const results = await Promise.all(saves);
  assert.equal(results.filter(({ kind }) => kind === 'saved').length, 1);
  const stored = await storeAt(path).load();
  for (const result of results) assert.deepEqual(result.stored, stored);
});

test('saves of one store wait for each other', async (t) => {
  const store = storeAt(fileIn(t));
  const first = await store.save(TOKEN, undefined);
  const [second, third] = await Promise.all([
    store.save(named('second'), first.stored?.version),
    store.save(named('third'), first.stored?.version),
  ]);
  assert.deepEqual([second.kind, third.kind, third.stored], ['saved', 'conflict', second.stored]);
});

test('the same token saved twice, as after a lost answer, is saved', async (t) => {
  const store = storeAt(fileIn(t));
  const first = await store.save(TOKEN, undefined);
  assert.deepEqual(await store.save(TOKEN, undefined), first);
});

test('what is there and no token is replaced, whatever it was saved over', async (t) => {
  const path = fileIn(t);
  for (const over of [undefined, 'a version of long ago']) {
    writeFileSync(path, 'garbage');
    assert.equal((await storeAt(path).save(TOKEN, over)).kind, 'saved');
    assert.deepEqual((await storeAt(path).load())?.token, TOKEN);
  }
});

test('a symbolic link stays one; the file that it names is replaced', async (t) => {
  const path = fileIn(t);
  const target = join(dirname(path), 'target.json');
  writeFileSync(target, JSON.stringify(TOKEN));
  symlinkSync(target, path);
  const store = storeAt(path);
  const found = await store.load();
  assert.equal((await store.save(named('new'), found?.version)).kind, 'saved');
  assert.match(readFileSync(target, 'utf8'), /"new"/);
  assert.deepEqual(readdirSync(dirname(path)).sort(), ['target.json', 'token.json']);
});

test('killed between write and rename: the old token is whole, and what was left goes with a later save', async (t) => {
  const path = fileIn(t);
  const first = await storeAt(path).save(TOKEN, undefined);
  const victim = join(import.meta.dirname, 'token-file-victim.ts');
  const { signal, stderr } = spawnSync(process.execPath, [victim, path], { encoding: 'utf8' });
  assert.equal(signal, 'SIGKILL', stderr);
  const left = readdirSync(dirname(path)).filter((name) => name !== basename(path));
  assert.equal(left.length, 1);
  const abandoned = join(dirname(path), left[0] ?? '');
  assert.match(readFileSync(abandoned, 'utf8'), /"of-the-victim"/);
  assert.equal(modeOf(abandoned), 0o600);
  assert.deepEqual(await storeAt(path).load(), first.stored);
  const next = await storeAt(path).save(named('next'), first.stored?.version);
  assert.equal(next.kind, 'saved');
  assert.equal(readdirSync(dirname(path)).length, 2, 'somebody may still be writing it');
  utimesSync(abandoned, 0, 0);
  await storeAt(path).save(named('later'), next.stored.version);
  assert.deepEqual(readdirSync(dirname(path)), ['token.json']);
});
