import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openTokenFile } from '../../../gateway/tokens/token-file.ts';
import type { TokenStore } from '../../../gateway/tokens/token-store.ts';
import type { Token } from '../../../gateway/tokens/token.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { tempDir } from '../store/temp-dir.ts';

const POLL_MS = 2000;
const SETTLE_MS = 250;

const named = (accessToken: string): Token => ({
  accessToken,
  refreshToken: '',
  scope: [],
  expiresIn: null,
  obtainmentTimestamp: 0,
  userId: '',
});

type Watched = {
  readonly store: TokenStore;
  readonly path: string;
  readonly clock: VirtualClock;
  /** How often a change was told since the last question. */
  readonly told: () => number;
  /** So much time passes, with one look at the file. */
  readonly step: (ms: number) => Promise<void>;
  /** Lets the file be looked at, and again where that is due. */
  readonly look: () => Promise<void>;
};

/** The file holds a token that the store has loaded. */
async function watch(t: TestContext): Promise<Watched> {
  const path = join(tempDir(t), 'token.json');
  writeFileSync(path, JSON.stringify(named('first')));
  const clock = new VirtualClock();
  const store = openTokenFile(path, clock);
  await store.load();
  let count = 0;
  store.watch(() => count++);
  t.after(() => store.close());
  const told = () => {
    const since = count;
    count = 0;
    return since;
  };
  const step = async (ms: number) => {
    clock.advance(ms);
    while (clock.pending === 0) await nextTurn();
    await nextTurn();
  };
  const look = async () => {
    await step(POLL_MS);
    await step(SETTLE_MS);
  };
  return { store, path, clock, told, step, look };
}

test('a token that somebody else put there is told within 2.5 s, once', async (t) => {
  const { store, path, told, look } = await watch(t);
  await look();
  assert.equal(told(), 0);
  writeFileSync(path, JSON.stringify(named('second')));
  await look();
  assert.equal(told(), 1);
  await look();
  await look();
  assert.equal(told(), 0, 'once, even where nobody loads it');
  assert.equal((await store.load())?.token.accessToken, 'second');
});

test('what the store saved itself is no news', async (t) => {
  const { store, told, look } = await watch(t);
  const found = await store.load();
  assert.equal((await store.save(named('ours'), found?.version)).kind, 'saved');
  await look();
  await look();
  assert.equal(told(), 0);
});

test('a token that a conflict has shown is no news either', async (t) => {
  const { store, path, told, look } = await watch(t);
  const found = await store.load();
  writeFileSync(path, JSON.stringify(named('theirs')));
  assert.equal((await store.save(named('ours'), found?.version)).kind, 'conflict');
  await look();
  await look();
  assert.equal(told(), 0);
});

test('a file that is being written is not told before it stays as it is', async (t) => {
  const { path, told, step } = await watch(t);
  for (const part of ['', '{"acc', '{"accessToken":"x"']) {
    writeFileSync(path, part);
    await step(part === '' ? POLL_MS : SETTLE_MS);
  }
  assert.equal(told(), 0);
  writeFileSync(path, JSON.stringify(named('x')));
  await step(SETTLE_MS);
  await step(SETTLE_MS);
  assert.equal(told(), 1);
});

test('a file that goes, turns into something else, or comes back is told each time', async (t) => {
  const { store, path, told, look } = await watch(t);
  for (const change of [
    () => rmSync(path),
    () => mkdirSync(path),
    () => rmSync(path, { recursive: true }),
    () => writeFileSync(path, 'garbage'),
    () => writeFileSync(path, JSON.stringify(named('first'))),
    () => (rmSync(path), mkdirSync(path)),
    () => (rmSync(path, { recursive: true }), writeFileSync(path, JSON.stringify(named('first')))),
  ]) {
    change();
    await look();
    await look();
    assert.equal(told(), 1, String(change));
    await store.load().catch(() => undefined);
  }
});

test('closed, the store looks no more', async (t) => {
  const { store, clock, path, told } = await watch(t);
  writeFileSync(path, JSON.stringify(named('late')));
  clock.advance(POLL_MS);
  await store.close();
  clock.advance(10 * POLL_MS);
  await nextTurn();
  assert.deepEqual([clock.pending, told()], [0, 0]);
});
