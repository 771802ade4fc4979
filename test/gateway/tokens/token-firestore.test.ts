import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { FirestoreDocument } from '../../../gateway/tokens/firestore-document.ts';
import { documentOf, fieldsOf, updateTimeOf, versionOf } from '../../../gateway/tokens/firestore-fields.ts';
import { GoogleAccessError } from '../../../gateway/secrets/google-access.ts';
import { TokenStoreError } from '../../../gateway/tokens/token-store.ts';
import { documentMedium } from '../../../gateway/tokens/token-firestore.ts';
import { storeOn } from '../../../gateway/tokens/token-medium.ts';
import { readToken, type Token } from '../../../gateway/tokens/token.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const TOKEN: Token = {
  accessToken: 'access',
  refreshToken: 'refresh',
  scope: ['chat:read', 'chat:edit'],
  expiresIn: 14_400,
  obtainmentTimestamp: 1_700_000_000_123,
  userId: '713936733',
};

/** As the client throws them: what it says in words must not get further. */
const grpcError = (code: number): Error => Object.assign(new Error(`${code} canary: words`), { code });

/** A document that does what the test says, and nothing else. */
const SILENT: FirestoreDocument = {
  get: () => Promise.reject(grpcError(14)),
  write: () => Promise.reject(grpcError(14)),
  listen: () => () => {},
  close: async () => {},
};

for (const token of [TOKEN, { ...TOKEN, scope: [], expiresIn: null }, { ...TOKEN, expiresIn: 1.5 }]) {
  test(`fields hold the whole token: expiresIn ${token.expiresIn}`, () => {
    assert.deepEqual(readToken(documentOf(fieldsOf(token, 0))), { ok: true, token });
  });
}

test('a time that somebody wrote as a Timestamp counts in milliseconds; kinds that no token has are nothing', () => {
  const document = documentOf({
    obtainmentTimestamp: { timestampValue: { seconds: '1700000000', nanos: 123_000_000 } },
    userId: { mapValue: { fields: {} } },
    expiresIn: { integerValue: '0' },
  });
  assert.deepEqual(document, { obtainmentTimestamp: 1_700_000_000_123, userId: undefined, expiresIn: 0 });
});

test('a version is the time of update, to the nanosecond', () => {
  const time = { seconds: '1795471123', nanos: 11_941_000 };
  assert.deepEqual(updateTimeOf(versionOf(time)), time);
});

const FAILURES: readonly [number | undefined, TokenStoreError['kind'], RegExp][] = [
  [3, 'denied', /TOKEN_DOC_PATH/],
  [4, 'unreachable', /in time/],
  [5, 'denied', /gcloud firestore databases create/],
  [7, 'denied', /roles\/datastore\.user/],
  [8, 'unreachable', /quota/],
  [13, 'unreachable', /did not answer/],
  [14, 'unreachable', /cannot be reached/],
  [16, 'denied', /credentials/],
  [undefined, 'unreachable', /did not answer/],
];

for (const [code, kind, says] of FAILURES) {
  test(`gRPC code ${code}: ${kind}, with the document, the cure, and no word of the client's`, async () => {
    const error = code === undefined ? new TypeError('canary') : grpcError(code);
    const medium = documentMedium(
      'oauth/x/token',
      async () => ({ ...SILENT, get: () => Promise.reject(error) }),
      new VirtualClock(),
    );
    await assert.rejects(medium.read(), (thrown) => {
      assert.ok(thrown instanceof TokenStoreError);
      assert.equal(thrown.kind, kind);
      assert.match(thrown.message, /^Firestore document oauth\/x\/token: /);
      assert.match(thrown.message, says);
      assert.doesNotMatch(inspect(thrown, { depth: null, showHidden: true }), /canary/);
      return true;
    });
  });
}

test('where signing in to Google fails it is tried again by the next call', async () => {
  let opened = 0;
  async function open(): Promise<FirestoreDocument> {
    if (opened++ === 0) throw new GoogleAccessError('no Google credentials were found.');
    return { ...SILENT, get: async () => ({ version: '1.0', document: { ...TOKEN } }) };
  }
  const store = storeOn(documentMedium('oauth/x/token', open, new VirtualClock()));
  await assert.rejects(
    store.load(),
    /^TokenStoreError: Firestore document .*: no Google credentials were found\.$/,
  );
  assert.deepEqual(await store.load(), { token: TOKEN, version: '1.0' });
  assert.deepEqual(await store.load(), { token: TOKEN, version: '1.0' });
  assert.equal(opened, 2);
});

test('garbage that is rewritten all the time ends a save, not the process', async () => {
  let version = 0;
  const document = {
    ...SILENT,
    get: async () => ({ version: `${version++}.0`, document: {} }),
    write: async () => undefined,
  };
  const store = storeOn(documentMedium('oauth/x/token', async () => document, new VirtualClock()));
  await assert.rejects(store.save(TOKEN, undefined), /is changed by others all the time/);
});

type Listener = { readonly see: (version: string | undefined) => void; readonly end: () => void };

test('a stream that ends is replaced: after a second, later each time that nothing was heard', async () => {
  const clock = new VirtualClock();
  const streams: Listener[] = [];
  let stopped = 0;
  const document: FirestoreDocument = {
    ...SILENT,
    listen(see, end) {
      streams.push({ see, end });
      return () => stopped++;
    },
  };
  const medium = documentMedium('oauth/x/token', async () => document, clock);
  const seen: (string | undefined)[] = [];
  medium.watch((version) => seen.push(version));
  await nextTurn();
  const pauses: number[] = [];
  const end = async (): Promise<void> => {
    const [count, from] = [streams.length, clock.now()];
    streams.at(-1)?.end();
    while (streams.length === count) {
      clock.advance(500);
      await nextTurn();
    }
    pauses.push(clock.now() - from);
  };
  for (let times = 0; times < 8; times++) await end();
  streams.at(-1)?.see('1.0');
  await end();
  streams.at(-1)?.see(undefined);
  assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 1000]);
  assert.deepEqual(seen, ['1.0', undefined]);
  await medium.close();
  assert.deepEqual([stopped, clock.pending], [1, 0]);
});

test('a watch that is stopped while Firestore is being opened listens to nothing', async () => {
  const { promise, resolve } = Promise.withResolvers<FirestoreDocument>();
  let listened = 0;
  const clock = new VirtualClock();
  const medium = documentMedium('oauth/x/token', () => promise, clock);
  const stop = medium.watch(() => assert.fail('nothing was to be seen'));
  stop();
  resolve({ ...SILENT, listen: () => () => listened++ });
  await nextTurn();
  assert.deepEqual([listened, clock.pending], [0, 0]);
});

test('closed, the store opens Firestore no more', async () => {
  let opened = 0;
  let closed = 0;
  const document = { ...SILENT, close: async () => void closed++ };
  const medium = documentMedium(
    'oauth/x/token',
    async () => {
      opened++;
      return document;
    },
    new VirtualClock(),
  );
  medium.watch(() => undefined);
  await nextTurn();
  await medium.close();
  await assert.rejects(medium.read(), /the store was closed/);
  assert.deepEqual([opened, closed], [1, 1]);
});
