import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storedAs } from '../../../gateway/credentials/fixed-token.ts';
import { BUSY, DOWN, HOUR, KeptAccount, MINUTE, refused, SECOND } from './kept-account.ts';

test('the stored token is used at once, before Twitch has said anything of it', async () => {
  const account = new KeptAccount();
  account.validate = () => new Promise(() => {});
  account.put(account.token(4 * HOUR));
  await account.start();
  assert.deepEqual(account.used, ['access-1']);
  await account.credentials.ready;
  assert.equal(account.expiry, account.startedAt + 4 * HOUR);
  assert.equal(account.troubles, '');
});

test('without a token there is none to use, and the one that appears is used', async () => {
  const account = new KeptAccount();
  await account.start();
  await account.credentials.ready;
  assert.deepEqual([account.used, account.asked.load, account.troubles], [[], 1, '']);
  account.put(account.token(4 * HOUR));
  await account.pass(0);
  assert.deepEqual(account.used, ['access-1']);
});

test('a token is refreshed well before it runs out, and saved before it is used', async () => {
  const account = new KeptAccount();
  account.put(account.token(4 * HOUR));
  await account.start();
  await account.pass(3.5 * HOUR, MINUTE);
  assert.equal(account.asked.refresh, 0);
  let usedWhenSaved: string | undefined;
  account.storeWorks = () => void (usedWhenSaved = account.inUse);
  await account.pass(15 * MINUTE);
  assert.equal(account.asked.refresh, 1);
  assert.equal(usedWhenSaved, 'access-1');
  assert.deepEqual(account.used, ['access-1', 'access-2']);
  assert.equal(account.stored?.token.accessToken, 'access-2');
});

test('a token of a few seconds is refreshed in the second half of its life, again and again', async () => {
  const account = new KeptAccount();
  account.refresh = () => ({ ok: true, token: account.token(10 * SECOND) });
  account.put(account.token(10 * SECOND));
  await account.start();
  await account.pass(4 * SECOND);
  assert.equal(account.asked.refresh, 0);
  await account.pass(MINUTE);
  assert.ok(account.asked.refresh >= 9 && account.asked.refresh <= 13, String(account.asked.refresh));
  assert.ok(account.used.every((token) => token !== undefined));
});

test('a token that ran out before the start is refreshed first, and chat may wait for that', async () => {
  const account = new KeptAccount();
  account.put({ ...account.token(HOUR), obtainmentTimestamp: 0 });
  const answer = Promise.withResolvers<void>();
  account.refresh = async () => {
    await answer.promise;
    return { ok: true, token: account.token(HOUR) };
  };
  let isReady = false;
  await account.start();
  void account.credentials.ready.then(() => (isReady = true));
  await account.pass(0);
  assert.deepEqual([isReady, account.used], [false, []]);
  answer.resolve();
  await account.pass(0);
  assert.deepEqual([isReady, account.used], [true, ['access-2']]);
});

for (const failure of [DOWN, BUSY]) {
  test(`Twitch ${failure.kind} for an hour takes no token away that holds, and what ran out meanwhile comes back by itself`, async () => {
    const account = new KeptAccount();
    account.put(account.token(30 * MINUTE));
    account.refresh = () => failure;
    await account.start();
    await account.pass(29 * MINUTE);
    assert.deepEqual(account.used, ['access-1']);
    assert.match(account.troubles, /my_bot, which holds until .* retried automatically/);
    await account.pass(31 * MINUTE);
    assert.deepEqual(account.used, ['access-1', undefined]);
    assert.equal(account.expiry, null);
    assert.match(account.troubles, /my_bot, which ran out at /);
    assert.ok(account.asked.refresh >= 50 && account.asked.refresh < 200, String(account.asked.refresh));
    account.refresh = () => ({ ok: true, token: account.token(HOUR) });
    await account.pass(MINUTE);
    assert.deepEqual(account.used, ['access-1', undefined, 'access-2']);
    assert.equal(account.troubles, '');
    assert.ok(!account.log.some((line) => line.startsWith('help')));
  });
}

test('a token runs out on time even while Twitch leaves a request unanswered', async () => {
  const account = new KeptAccount();
  account.put(account.token(30 * MINUTE));
  account.refresh = () => new Promise(() => {});
  await account.start();
  await account.pass(31 * MINUTE);
  assert.deepEqual(account.used, ['access-1', undefined]);
});

for (const status of [400, 401]) {
  test(`a grant that is refused with ${status} is told once, needs a person, and Twitch is left alone`, async () => {
    const account = new KeptAccount();
    account.put({ ...account.token(HOUR), obtainmentTimestamp: 0 });
    account.refresh = () => refused(status);
    await account.start();
    await account.pass(55 * MINUTE);
    assert.deepEqual(account.used, []);
    assert.equal(account.asked.refresh, 1);
    assert.match(account.troubles, /refuses it \(status 40.\); sign in again: npm run authorize$/);
    const help = account.log.filter((line) => line.startsWith('help'));
    assert.equal(help.length, 1);
    account.put(account.token(HOUR));
    await account.pass(0);
    assert.deepEqual([account.used, account.troubles], [['access-2'], '']);
  });
}

test('a grant that is refused while its token holds leaves the token in use until it runs out', async () => {
  const account = new KeptAccount();
  account.put(account.token(30 * MINUTE));
  account.refresh = () => refused(400);
  await account.start();
  await account.pass(25 * MINUTE);
  assert.deepEqual(account.used, ['access-1']);
  assert.match(account.troubles, /npm run authorize/);
  await account.pass(10 * MINUTE);
  assert.deepEqual(account.used, ['access-1', undefined]);
  assert.equal(account.log.filter((line) => line.startsWith('help')).length, 1);
});

test('a refusal that was a mistake is got over within about an hour', async () => {
  const account = new KeptAccount();
  account.put({ ...account.token(HOUR), obtainmentTimestamp: 0 });
  account.refresh = () => refused(400);
  await account.start();
  account.refresh = () => ({ ok: true, token: account.token(HOUR) });
  await account.pass(HOUR + MINUTE, 10 * SECOND);
  assert.deepEqual(account.used, ['access-2']);
});

test('the client secret that was rotated is tried as soon as it is there', async () => {
  const account = new KeptAccount();
  account.put({ ...account.token(HOUR), obtainmentTimestamp: 0 });
  account.refresh = () => refused(403);
  await account.start();
  assert.match(account.troubles, /TWITCH_CLIENT_SECRET/);
  account.secretChanged = true;
  account.refresh = () => ({ ok: true, token: account.token(HOUR) });
  await account.pass(MINUTE);
  assert.deepEqual(account.used, ['access-2']);
});

test('a fixed token is in use from the start, and chat is not told of it again', async () => {
  const account = new KeptAccount();
  const initial = storedAs('fixed');
  account.validate = () => DOWN;
  account.stored = initial;
  await account.start({ initial, refresher: undefined });
  await account.pass(HOUR);
  assert.deepEqual([account.used, account.troubles], [[], '']);
});

test('every secret is told to the scrubber before it is used', async () => {
  const account = new KeptAccount();
  account.put(account.token(HOUR));
  await account.start();
  await account.pass(HOUR, MINUTE);
  assert.ok(account.used.length > 1);
  for (const number of [1, 2])
    for (const kind of ['access', 'refresh']) assert.ok(account.learned.includes(`${kind}-${number}`));
});
