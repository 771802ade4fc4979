import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../gateway/clock.ts';
import type { Token } from '../../gateway/tokens/token.ts';
import { openTokenStore } from '../../gateway/tokens/open-token-store.ts';
import { TokenStoreError, type TokenStore } from '../../gateway/tokens/token-store.ts';
import { Changes } from '../../scripts/stand-in/changes.ts';

const PROJECT = 'demo-ingress-egress';

const TOKEN: Token = {
  accessToken: 'first',
  refreshToken: 'refresh',
  scope: ['chat:read', 'chat:edit'],
  expiresIn: 14_400,
  obtainmentTimestamp: Date.UTC(2026, 0, 1),
  userId: '713936733',
};
const named = (accessToken: string): Token => ({ ...TOKEN, accessToken });

function open(t: TestContext, collection: string): TokenStore {
  const store = openTokenStore(
    {
      TOKEN_STORE: 'firestore',
      TOKEN_FILE: '',
      TOKEN_DOC_PATH: collection,
      GOOGLE_CLOUD_PROJECT: PROJECT,
    },
    systemClock,
  );
  t.after(() => store.close());
  return store;
}

/** A collection of its own for each test, three names deep as the default is. */
const collection = (): string => `oauth/twitch/${randomUUID()}`;

const url = (path: string): string =>
  `http://${process.env['FIRESTORE_EMULATOR_HOST']}/v1/projects/${PROJECT}/databases/(default)/documents/${path}/token`;

type Fields = Record<string, Record<string, unknown>>;

/** The document as everybody else sees it: over the emulator's REST interface. */
async function fieldsAt(path: string): Promise<Fields> {
  const response = await fetch(url(path));
  assert.equal(response.status, 200);
  return ((await response.json()) as { fields: Fields }).fields;
}

/** Written by somebody else, whole. */
async function put(path: string, fields: Fields): Promise<void> {
  const response = await fetch(url(path), { method: 'PATCH', body: JSON.stringify({ fields }) });
  assert.equal(response.status, 200, await response.text());
}

test('where no document is nothing is loaded; what is saved there is loaded by another store', async (t) => {
  const path = collection();
  const [one, other] = [open(t, path), open(t, path)];
  assert.equal(await one.load(), undefined);
  const result = await one.save(TOKEN, undefined);
  assert.equal(result.kind, 'saved');
  assert.deepEqual(await other.load(), result.stored);
  assert.deepEqual(result.stored.token, TOKEN);
});

test('the document is what a sign-in service writes: plain members, the time of update as a Timestamp', async (t) => {
  const path = collection();
  await open(t, path).save({ ...TOKEN, expiresIn: null }, undefined);
  const { updatedAt, ...fields } = await fieldsAt(path);
  assert.deepEqual(fields, {
    accessToken: { stringValue: 'first' },
    refreshToken: { stringValue: 'refresh' },
    scope: { arrayValue: { values: [{ stringValue: 'chat:read' }, { stringValue: 'chat:edit' }] } },
    expiresIn: { nullValue: null },
    obtainmentTimestamp: { integerValue: String(TOKEN.obtainmentTimestamp) },
    userId: { stringValue: '713936733' },
  });
  const written = Date.parse(String(updatedAt?.['timestampValue']));
  assert.ok(Math.abs(Date.now() - written) < 60_000);
});

test('a refreshed token takes the place of its predecessor; members that are not ours stay', async (t) => {
  const path = collection();
  await put(path, { accessToken: { stringValue: 'theirs' }, login: { stringValue: 'lovingt3s' } });
  const store = open(t, path);
  const found = await store.load();
  assert.equal(found?.token.accessToken, 'theirs');
  assert.deepEqual([found.token.refreshToken, found.token.scope, found.token.userId], ['', [], '']);
  const result = await store.save(named('refreshed'), found.version);
  assert.equal(result.kind, 'saved');
  const { accessToken, login } = await fieldsAt(path);
  assert.deepEqual([accessToken, login], [{ stringValue: 'refreshed' }, { stringValue: 'lovingt3s' }]);
  const again = await store.save(named('refreshed-again'), result.stored.version);
  assert.equal(again.kind, 'saved', 'the version that a save gave is good for the next');
});

test('of two gateways that refresh at once one token stays, and the other gateway adopts it', async (t) => {
  const path = collection();
  const stores = [open(t, path), open(t, path)];
  await put(path, { accessToken: { stringValue: 'old' } });
  const saves = stores.map(async (store, index) => {
    const found = await store.load();
    return store.save(named(`by-${index}`), found?.version);
  });
  const results = await Promise.all(saves);
  assert.deepEqual(results.map(({ kind }) => kind).sort(), ['conflict', 'saved']);
  const [one, other] = results;
  assert.deepEqual(one?.stored, other?.stored);
  const { accessToken } = await fieldsAt(path);
  assert.equal(accessToken?.['stringValue'], one?.stored?.token.accessToken);
});

test('of two that sign in at once where nothing was the same holds', async (t) => {
  const path = collection();
  const saves = [0, 1].map((index) => open(t, path).save(named(`by-${index}`), undefined));
  const results = await Promise.all(saves);
  assert.deepEqual(results.map(({ kind }) => kind).sort(), ['conflict', 'saved']);
  const [one, other] = results;
  assert.deepEqual(one?.stored, other?.stored);
});

test('a document that was removed meanwhile is a conflict with nothing', async (t) => {
  const path = collection();
  const store = open(t, path);
  const result = await store.save(TOKEN, undefined);
  await fetch(url(path), { method: 'DELETE' });
  assert.deepEqual(await store.save(named('late'), result.stored?.version), {
    kind: 'conflict',
    stored: undefined,
  });
});

test('what is no token is told as such, and may be replaced', async (t) => {
  const path = collection();
  await put(path, { accessToken: { integerValue: '42' } });
  const store = open(t, path);
  await assert.rejects(store.load(), (error) => {
    assert.ok(error instanceof TokenStoreError);
    assert.equal(error.kind, 'invalid');
    assert.match(error.message, /holds no token: accessToken must be a text/);
    return true;
  });
  assert.equal((await store.save(TOKEN, undefined)).kind, 'saved');
  assert.deepEqual((await store.load())?.token, TOKEN);
});

test('each change by somebody else is noticed, a removal too; our own are not', async (t) => {
  const path = collection();
  const [ours, theirs] = [open(t, path), open(t, path)];
  const changes = new Changes();
  const seen: (string | undefined)[] = [];
  let told = 0;
  assert.equal(await ours.load(), undefined);
  const look = async () => {
    seen.push((await ours.load())?.token.accessToken);
    changes.changed();
  };
  const stop = ours.watch(() => {
    told++;
    void look();
  });
  const until = (count: number) => changes.until(`${count} changes`, () => seen.length >= count);
  const first = await theirs.save(named('theirs'), undefined);
  await until(1);
  const second = await ours.save(named('ours'), first.stored?.version);
  assert.equal(second.kind, 'saved');
  await theirs.save(named('theirs-again'), second.stored.version);
  await until(2);
  await fetch(url(path), { method: 'DELETE' });
  await until(3);
  assert.deepEqual([seen, told], [['theirs', 'theirs-again', undefined], 3]);
  stop();
});
