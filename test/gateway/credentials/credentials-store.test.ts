import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, KeptAccount, MINUTE, refused, SECOND, storeDown } from './kept-account.ts';

test('a refresh token that another instance has used up is no revoked grant: its token is adopted', async () => {
  const account = new KeptAccount();
  account.put(account.token(30 * MINUTE));
  await account.start();
  account.refresh = () => {
    account.stored = { token: account.token(HOUR), version: 'theirs' };
    return refused(400);
  };
  await account.pass(21 * MINUTE);
  assert.deepEqual(account.used, ['access-1', 'access-2']);
  assert.ok(!account.log.some((line) => line.startsWith('help')));
});

test('a refresh token that another instance is just using up is waited for, and nobody is called', async () => {
  const account = new KeptAccount();
  account.put(account.token(30 * MINUTE));
  await account.start();
  account.refresh = () => refused(400);
  while (account.asked.refresh === 0) await account.pass(SECOND);
  await account.pass(2 * SECOND);
  account.stored = { token: account.token(HOUR), version: 'theirs' };
  await account.pass(2 * SECOND);
  assert.deepEqual(account.used, ['access-1', 'access-2']);
  assert.deepEqual(
    account.log.filter((line) => /^help|failed/.test(line)),
    [],
  );
});

test('a stop does not wait for what another instance may store', async () => {
  const account = new KeptAccount();
  account.put(account.token(30 * MINUTE));
  await account.start();
  account.refresh = () => refused(400);
  while (account.asked.refresh === 0) await account.pass(SECOND);
  await account.credentials.stop();
  assert.equal(account.clock.pending, 0);
});

test('two instances that refresh at once end with the token of the first one that saved', async () => {
  const account = new KeptAccount();
  account.put(account.token(30 * MINUTE));
  await account.start();
  account.refresh = () => {
    const ours = account.token(HOUR);
    account.stored = { token: account.token(HOUR), version: 'theirs' };
    return { ok: true, token: ours };
  };
  await account.pass(21 * MINUTE);
  assert.deepEqual(account.used, ['access-1', 'access-3']);
  assert.equal(account.stored?.token.accessToken, 'access-3');
});

test('a document that was touched, or removed, but holds no other token is written over', async () => {
  for (const touch of ['touched', 'removed'] as const) {
    const account = new KeptAccount();
    account.put(account.token(30 * MINUTE));
    await account.start();
    const { stored } = account;
    account.stored = touch === 'removed' || !stored ? undefined : { ...stored, version: 'touched' };
    await account.pass(21 * MINUTE);
    assert.deepEqual(account.used, ['access-1', 'access-2'], touch);
    assert.equal(account.stored?.token.accessToken, 'access-2');
  }
});

test('a refreshed token is not used before the store has it; the old one stays in use as long as it holds', async () => {
  const account = new KeptAccount();
  account.put(account.token(30 * MINUTE));
  await account.start();
  account.storeWorks = storeDown;
  await account.pass(29 * MINUTE);
  assert.deepEqual(account.used, ['access-1']);
  assert.match(account.troubles, /not used before it is saved: the store does not answer/);
  assert.equal(account.asked.refresh, 1);
  await account.pass(2 * MINUTE);
  assert.deepEqual(account.used, ['access-1', undefined]);
  account.storeWorks = () => {};
  await account.pass(MINUTE);
  assert.deepEqual(account.used, ['access-1', undefined, 'access-2']);
  assert.equal(account.troubles, '');
});

test('a store that cannot be read at the start is asked until it can', async () => {
  const account = new KeptAccount();
  account.stored = { token: account.token(HOUR), version: 'x' };
  account.storeWorks = storeDown;
  await account.start();
  await account.pass(10 * MINUTE);
  assert.equal(account.troubles, 'the store does not answer');
  assert.deepEqual(account.log, ['store failed: the store does not answer']);
  assert.ok(account.asked.load > 10 && account.asked.load < 50, String(account.asked.load));
  account.storeWorks = () => {};
  await account.pass(MINUTE);
  assert.deepEqual([account.used, account.troubles], [['access-1'], '']);
});

test('what a store throws that is no word of its own is not repeated', async () => {
  const account = new KeptAccount();
  account.storeWorks = () => {
    throw new Error('canary');
  };
  await account.start();
  assert.equal(account.troubles, 'the store cannot be used');
  assert.ok(!account.log.join().includes('canary'));
});

test('a stop waits for a refresh under way, and saves its token; it leaves no timer', async () => {
  const account = new KeptAccount();
  account.put(account.token(30 * MINUTE));
  await account.start();
  const answer = Promise.withResolvers<void>();
  account.refresh = async () => {
    await answer.promise;
    return { ok: true, token: account.token(HOUR) };
  };
  await account.pass(21 * MINUTE);
  const stopped = account.credentials.stop();
  answer.resolve();
  await stopped;
  assert.equal(account.stored?.token.accessToken, 'access-2');
  assert.deepEqual(account.used, ['access-1']);
  assert.equal(account.log.at(-1), 'closed');
  assert.equal(account.clock.pending, 0);
});

test('a stop waits for a token that is to be saved after a look at what somebody else wrote', async () => {
  const account = new KeptAccount();
  const first = account.token(30 * MINUTE);
  account.put(first);
  await account.start();
  const answer = Promise.withResolvers<void>();
  account.refresh = async () => {
    await answer.promise;
    return { ok: true, token: account.token(HOUR) };
  };
  await account.pass(21 * MINUTE);
  const look = Promise.withResolvers<void>();
  account.storeWorks = () => look.promise;
  account.put(first);
  answer.resolve();
  await account.pass(0);
  const stopped = account.credentials.stop();
  look.resolve();
  await stopped;
  assert.equal(account.stored?.token.accessToken, 'access-2');
  assert.equal(account.log.at(-1), 'closed');
});

test('a stop does not wait for what costs nothing to lose', async () => {
  const account = new KeptAccount();
  account.validate = () => new Promise(() => {});
  account.put(account.token(HOUR));
  await account.start();
  await account.credentials.stop();
  assert.equal(account.clock.pending, 0);
});
