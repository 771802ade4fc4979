import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../../gateway/clock.ts';
import type { RefreshOutcome } from '../../../gateway/credentials/token-refresher.ts';
import type { SaveResult, StoredToken, TokenStore } from '../../../gateway/tokens/token-store.ts';
import { TokenStoreError } from '../../../gateway/tokens/token-store.ts';
import type { Token } from '../../../gateway/tokens/token.ts';
import type { TwitchIdFailure, ValidToken } from '../../../gateway/credentials/twitch-id.ts';
import { keepFresh } from '../../../scripts/authorize/refresh.ts';

const INVALID: TwitchIdFailure = { ok: false, kind: 'refused', status: 401, detail: 'invalid access token' };

/** Every pause is over at once. */
const HASTY: Clock = {
  now: () => 0,
  date: () => 0,
  after(_, task) {
    const timer = setImmediate(task);
    return () => clearImmediate(timer);
  },
};

function token(name: string, changed: Partial<Token> = {}): Token {
  const grant = { accessToken: name, refreshToken: `${name}-refresh`, scope: ['chat:read'] };
  return { ...grant, expiresIn: 14_400, obtainmentTimestamp: 0, userId: '1', ...changed };
}

function valid(expiresIn: number | null, changed: Partial<ValidToken> = {}): ValidToken {
  return { ok: true, login: 'bot', userId: '1', scopes: ['chat:read'], expiresIn, ...changed };
}

/** One that others write to as well: `onSave` happens before each save. */
class SharedStore implements TokenStore {
  readonly place = 'the store';
  stored: StoredToken | undefined;
  onSave: (() => void) | undefined;
  #version = 0;

  put(theToken: Token): StoredToken {
    return (this.stored = { token: theToken, version: String(++this.#version) });
  }

  async load(): Promise<StoredToken | undefined> {
    return this.stored;
  }

  async save(theToken: Token, over: string | undefined): Promise<SaveResult> {
    this.onSave?.();
    if (this.stored?.version !== over) return { kind: 'conflict', stored: this.stored };
    return { kind: 'saved', stored: this.put(theToken) };
  }

  watch(): () => void {
    throw new Error('a job watches nothing');
  }

  async close(): Promise<void> {}
}

type Given = {
  readonly store: SharedStore;
  /** By access token; others are invalid. */
  readonly valid: Readonly<Record<string, ValidToken | TwitchIdFailure>>;
  readonly outcomes?: readonly RefreshOutcome[];
  readonly hasApp?: boolean;
};

async function run({ store, valid: known, outcomes = [], hasApp = true }: Given) {
  const refreshed: string[] = [];
  const refresh = async ({ accessToken }: Token): Promise<RefreshOutcome> => {
    refreshed.push(accessToken);
    return outcomes[refreshed.length - 1] ?? { ok: false, kind: 'refused', status: 400 };
  };
  const finding = await keepFresh({
    store,
    validate: async (accessToken) => known[accessToken] ?? INVALID,
    refresh: hasApp ? refresh : undefined,
    login: 'bot',
    clock: HASTY,
    random: () => 0,
    signal: new AbortController().signal,
    onNotice: () => undefined,
  });
  return { ...finding, refreshed, stored: store.stored?.token };
}

function storeWith(theToken: Token): SharedStore {
  const store = new SharedStore();
  store.put(theToken);
  return store;
}

test('a token with more than an hour to live, or without an end, is left as it is', async () => {
  for (const left of [3601, 14_000, null]) {
    const ran = await run({ store: storeWith(token('old')), valid: { old: valid(left) } });
    assert.equal(ran.isGood, true);
    assert.deepEqual(ran.refreshed, []);
  }
});

test('a token that ends within the hour, or has ended, is refreshed and saved', async () => {
  for (const left of [3600, 1, undefined]) {
    const known = { ...(left !== undefined && { old: valid(left) }), new: valid(14_400) };
    const outcomes = [{ ok: true, token: token('new') }] as const;
    const ran = await run({ store: storeWith(token('old')), valid: known, outcomes });
    assert.equal(ran.isGood, true);
    assert.match(ran.sentence, /^Refreshed\. Signed in as bot/);
    assert.deepEqual(ran.stored, token('new'));
  }
});

test('a token of another account is not refreshed', async () => {
  const known = { old: valid(60, { login: 'ann' }) };
  const ran = await run({ store: storeWith(token('old')), valid: known });
  assert.equal(ran.isGood, false);
  assert.match(ran.sentence, /it is the token of ann, but TWITCH_BOT_USERNAME is bot/);
  assert.deepEqual(ran.refreshed, []);
});

test('what cannot be refreshed needs a person before it has ended', async () => {
  const app = await run({ store: storeWith(token('old')), valid: { old: valid(9000) }, hasApp: false });
  assert.equal(app.isGood, false);
  assert.match(app.sentence, /TWITCH_CLIENT_ID is not set/);
  const store = storeWith(token('old', { refreshToken: '' }));
  const none = await run({ store, valid: {} });
  assert.equal(none.isGood, false);
  assert.match(none.sentence, /has to be refreshed, but it cannot be refreshed; sign in again/);
});

test('refusals name the cure, and the token stays', async () => {
  const cases = [
    [400, /refuses to refresh the token \(status 400\).*npm run authorize/],
    [401, /refuses to refresh the token \(status 401\).*npm run authorize/],
    [403, /refuses the app \(status 403\): correct TWITCH_CLIENT_ID/],
  ] as const;
  for (const [status, says] of cases) {
    const outcomes = [{ ok: false, kind: 'refused', status }] as const;
    const ran = await run({ store: storeWith(token('old')), valid: {}, outcomes });
    assert.equal(ran.isGood, false);
    assert.match(ran.sentence, says);
    assert.deepEqual(ran.stored, token('old'));
  }
});

test('trouble that may pass is tried five times', async () => {
  const busy = { ok: false, kind: 'busy', status: 503 } as const;
  const outcomes = [busy, busy, busy, busy, { ok: true, token: token('new') }] as const;
  const known = { new: valid(14_400) };
  const ran = await run({ store: storeWith(token('old')), valid: known, outcomes });
  assert.equal(ran.isGood, true);
  const given = { store: storeWith(token('old')), valid: {}, outcomes: [...outcomes.slice(0, 4), busy] };
  const failed = await run(given);
  assert.equal(failed.isGood, false);
  assert.match(failed.sentence, /could not be refreshed now \(status 503\)\. Try again later/);
  assert.equal(failed.refreshed.length, 5);
});

test('a token that nobody could be asked about is neither good nor refreshed', async () => {
  const down: TwitchIdFailure = { ok: false, kind: 'unreachable', status: null, detail: 'ENOTFOUND' };
  const ran = await run({ store: storeWith(token('old')), valid: { old: down } });
  assert.deepEqual([ran.isGood, ran.refreshed], [false, []]);
  assert.equal(ran.sentence, 'The token could not be checked: ENOTFOUND. Try again later.');
});

test('a refresh token that somebody else used first is no loss: his token is taken', async () => {
  const store = storeWith(token('old'));
  const known = { theirs: valid(14_400) };
  const outcomes: RefreshOutcome[] = [{ ok: false, kind: 'refused', status: 400 }];
  const original = store.load.bind(store);
  let loads = 0;
  // The first of them is told by Twitch later than we are.
  store.load = async () => {
    if (++loads === 3) store.put(token('theirs'));
    return original();
  };
  const ran = await run({ store, valid: known, outcomes });
  assert.equal(ran.isGood, true);
  assert.deepEqual(ran.refreshed, ['old']);
  assert.deepEqual(ran.stored, token('theirs'));
});

test('a token that somebody else saved first is taken instead of ours', async () => {
  const store = storeWith(token('old'));
  store.onSave = () => store.put(token('theirs'));
  const outcomes = [{ ok: true, token: token('ours') }] as const;
  const ran = await run({ store, valid: { theirs: valid(14_400), ours: valid(14_400) }, outcomes });
  assert.equal(ran.isGood, true);
  assert.deepEqual(ran.stored, token('theirs'));
});

test('the old token written once more, or removed, does not cost the new one', async () => {
  for (const happens of ['again', 'removed'] as const) {
    const store = storeWith(token('old'));
    store.onSave = () => {
      store.onSave = undefined;
      if (happens === 'again') store.put(token('old'));
      else store.stored = undefined;
    };
    const outcomes = [{ ok: true, token: token('new') }] as const;
    const ran = await run({ store, valid: { new: valid(14_400) }, outcomes });
    assert.equal(ran.isGood, true);
    assert.deepEqual(ran.refreshed, ['old']);
    assert.deepEqual(ran.stored, token('new'));
  }
});

test('a store that is away for a moment gets the token all the same', async () => {
  const store = storeWith(token('old'));
  let fails = 3;
  store.onSave = () => {
    if (fails-- > 0) throw new TokenStoreError('unreachable', 'the store is away');
  };
  const outcomes = [{ ok: true, token: token('new') }] as const;
  const ran = await run({ store, valid: { new: valid(14_400) }, outcomes });
  assert.equal(ran.isGood, true);
  assert.deepEqual(ran.stored, token('new'));
});
