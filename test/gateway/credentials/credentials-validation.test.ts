import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storedAs } from '../../../gateway/credentials/fixed-token.ts';
import { BUSY, DOWN, HOUR, KeptAccount, MINUTE, refused, SECOND, storeDown, VALID } from './kept-account.ts';

/** An account with a token of a day in use, validated once. */
async function signedIn(): Promise<KeptAccount> {
  const account = new KeptAccount();
  account.put(account.token(24 * HOUR));
  await account.start();
  assert.deepEqual([account.used, account.asked.validate], [['access-1'], 1]);
  return account;
}

test('a token is validated at the start and then within every hour', async () => {
  const account = await signedIn();
  for (let hours = 1; hours <= 5; hours++) {
    await account.pass(HOUR, MINUTE);
    assert.ok(account.asked.validate >= 1 + hours && account.asked.validate <= 2 + hours);
  }
  assert.deepEqual(account.used, ['access-1']);
});

test('a revoked token is refreshed first; the new one takes its place without a time between', async () => {
  const account = await signedIn();
  account.validate = (token) => (token === 'access-1' ? refused(401) : VALID);
  await account.pass(HOUR, MINUTE);
  assert.deepEqual(account.used, ['access-1', 'access-2']);
  assert.equal(account.troubles, '');
});

test('a token that is revoked with its grant is out of use within the hour, told once, with the cure', async () => {
  const account = await signedIn();
  account.validate = () => refused(401);
  account.refresh = () => refused(400);
  await account.pass(HOUR, MINUTE);
  assert.deepEqual(account.used, ['access-1', undefined]);
  assert.match(
    account.troubles,
    /which no longer holds, .*\(status 400\); sign in again: npm run authorize$/,
  );
  await account.pass(50 * MINUTE);
  assert.equal(account.log.filter((line) => line.startsWith('help')).length, 1);
  assert.equal(account.asked.refresh, 1);
});

test('tokens that Twitch gives and does not know are asked for ever more rarely, and not used; one that holds is', async () => {
  const account = await signedIn();
  account.validate = () => refused(401);
  await account.pass(HOUR, MINUTE);
  const before = account.asked.refresh;
  await account.pass(HOUR, SECOND);
  assert.equal(account.inUse, undefined);
  assert.match(
    account.troubles,
    /does not accept the token of my_bot that it gave; another one is asked for/,
  );
  assert.ok(account.used.length <= 4, 'chat is not told of each');
  const perHour = account.asked.refresh - before;
  assert.ok(perHour > 50 && perHour <= 130, String(perHour));
  account.validate = () => VALID;
  await account.pass(2 * MINUTE);
  assert.match(account.inUse ?? '', /^access-/);
  assert.equal(account.troubles, '');
});

test('tokens that have run out when they are given are asked for ever more rarely', async () => {
  const account = new KeptAccount();
  account.refresh = () => ({ ok: true, token: account.token(0) });
  account.put(account.token(0));
  await account.start();
  await account.pass(HOUR, SECOND);
  assert.ok(account.asked.refresh > 50 && account.asked.refresh <= 130, String(account.asked.refresh));
});

for (const [what, fail] of [
  ['Twitch gives no new one', (account: KeptAccount) => (account.refresh = () => BUSY)],
  ['the store does not take the new one', (account: KeptAccount) => (account.storeWorks = storeDown)],
] as const) {
  test(`a revoked token is out of use while ${what}, and it comes back by itself`, async () => {
    const account = await signedIn();
    account.validate = (token) => (token === 'access-1' ? refused(401) : VALID);
    fail(account);
    await account.pass(HOUR, MINUTE);
    assert.deepEqual(account.used, ['access-1', undefined]);
    account.refresh = () => ({ ok: true, token: account.token(HOUR) });
    account.storeWorks = () => {};
    await account.pass(2 * MINUTE);
    assert.deepEqual(account.used, ['access-1', undefined, 'access-2']);
    assert.equal(account.troubles, '');
  });
}

for (const answer of [DOWN, BUSY, refused(403)]) {
  test(`a validation that is ${answer.kind} (${answer.status}) changes nothing, and is told after more than an hour`, async () => {
    const account = new KeptAccount();
    account.put(account.token(24 * HOUR));
    account.validate = () => answer;
    await account.start();
    await account.pass(70 * MINUTE, 10 * SECOND);
    assert.deepEqual([account.used, account.troubles], [['access-1'], '']);
    await account.pass(10 * MINUTE, 10 * SECOND);
    assert.match(account.troubles, /not validated for \d\d minutes/);
    assert.deepEqual(account.used, ['access-1']);
    assert.ok(account.asked.validate < 60, String(account.asked.validate));
  });
}

test("the token of another account is not used, and both logins are named; the right one's is", async () => {
  const account = new KeptAccount();
  account.validate = () => ({ ...VALID, login: 'other_bot' });
  account.put(account.token(24 * HOUR));
  await account.start();
  assert.deepEqual(account.used, ['access-1', undefined]);
  assert.match(account.troubles, /other_bot.*my_bot.*npm run authorize/);
  await account.pass(3 * HOUR, MINUTE);
  assert.equal(account.log.filter((line) => line.startsWith('help')).length, 1);
  account.validate = () => VALID;
  account.put(account.token(24 * HOUR));
  await account.pass(0);
  assert.deepEqual([account.inUse, account.troubles], ['access-2', '']);
});

test('a life that Twitch knows to be shorter than the store says is believed', async () => {
  const account = new KeptAccount();
  account.validate = () => ({ ...VALID, expiresIn: 3600 });
  account.put(account.token(null));
  await account.start();
  assert.equal(account.expiry, account.startedAt + HOUR);
  account.validate = () => VALID;
  await account.pass(50 * MINUTE, 10 * SECOND);
  assert.deepEqual(account.used, ['access-1', 'access-2']);
});

test('a token that chat refuses is refreshed at once, and the new one is used', async () => {
  const account = await signedIn();
  account.credentials.loginRefused();
  await account.pass(0);
  assert.deepEqual(account.used, ['access-1', 'access-2']);
});

test('a token that Twitch accepts and chat refuses time and again is used ever more rarely', async () => {
  const account = await signedIn();
  const usedIn = async (ms: number): Promise<number> => {
    const before = account.used.length;
    for (let passed = 0; passed < ms; passed += MINUTE) {
      if (account.inUse !== undefined) account.credentials.loginRefused();
      account.used.push(undefined);
      await account.pass(MINUTE);
    }
    return account.used.slice(before).filter((token) => token !== undefined).length;
  };
  const first = await usedIn(HOUR);
  const second = await usedIn(4 * HOUR);
  assert.ok(first >= 2 && first <= 8, String(first));
  assert.ok(second >= 2 && second <= 10, String(second));
  assert.match(account.troubles, /chat refuses the token of my_bot.*chat:read/);
});

test('a fixed token that chat refuses is not used again before Twitch has been asked', async () => {
  const account = new KeptAccount();
  account.stored = storedAs('fixed');
  account.validate = () => DOWN;
  await account.start({ initial: account.stored, refresher: undefined, cure: 'set another' });
  account.credentials.loginRefused();
  await account.pass(HOUR, 10 * SECOND);
  assert.deepEqual(account.used, []);
  account.validate = () => VALID;
  await account.pass(5 * MINUTE);
  assert.deepEqual(account.used, ['fixed']);
});

test('a fixed token that was revoked says what to do, and another one in its place is used', async () => {
  const account = new KeptAccount();
  account.stored = storedAs('fixed');
  account.validate = (token) => (token === 'fixed' ? refused(401) : VALID);
  await account.start({ initial: account.stored, refresher: undefined, cure: 'set another' });
  assert.deepEqual(account.used, [undefined]);
  assert.match(account.troubles, /no longer accepts the token of my_bot; set another/);
  account.stored = storedAs('rotated');
  await account.pass(5 * MINUTE);
  assert.deepEqual([account.used, account.troubles], [[undefined, 'rotated'], '']);
});

test('a token that nobody can refresh is told of an hour before it runs out', async () => {
  const account = new KeptAccount();
  account.put(account.token(4 * HOUR));
  await account.start({ refresher: undefined });
  await account.pass(2.9 * HOUR, MINUTE);
  assert.equal(account.troubles, '');
  await account.pass(HOUR / 2, MINUTE);
  assert.match(account.troubles, /holds until .* cannot be refreshed: TWITCH_CLIENT_ID is not set/);
  await account.pass(HOUR, MINUTE);
  assert.deepEqual(account.used, ['access-1', undefined]);
  assert.equal(account.log.filter((line) => line.startsWith('help')).length, 1);
});

test('the id of the account is the one that Twitch names, whatever the store says', async () => {
  const account = new KeptAccount();
  account.validate = () => ({ ...VALID, userId: '42' });
  account.put({ ...account.token(HOUR), userId: '' });
  await account.start();
  await account.pass(HOUR, MINUTE);
  assert.deepEqual(account.refreshedIds, ['42']);
});
