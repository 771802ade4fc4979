import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { test } from 'node:test';
import { BRIDGE_BOT } from '../fakes/twitch-id-accounts.ts';
import { codes, readBy, talk, tokenRig } from './token-rig.ts';

const BUSY = { status: 503, body: 'try later' } as const;
const WELL = { lost: [], doubled: [], unread: [] };

test('the token endpoint is down until the token has run out, and comes back: chat is read throughout, each line stored once, and the identity restored', async () => {
  await using rig = await tokenRig();
  rig.id.script.token = BUSY;
  await rig.store(rig.id.tokens.issue(BRIDGE_BOT, 6));
  const running = await rig.run();
  await readBy(rig, running, 'bridge_bot');
  assert.deepEqual(codes(running), []);
  const finish = talk(rig, running);
  await running.until('the trouble to be told', () => codes(running).includes('token'));
  assert.equal(running.gateway.status().chat.identity, 'bridge_bot');
  await readBy(rig, running, 'anonymous');
  assert.deepEqual(codes(running).toSorted(), ['anonymous', 'token']);
  rig.id.script.token = undefined;
  await readBy(rig, running, 'bridge_bot');
  await running.until('all to be well', () => codes(running).length === 0);
  assert.deepEqual(await finish(), WELL);
  const { chat } = running.gateway.status();
  assert.ok(chat.channels.every(({ gaps }) => gaps.length === 0));
});

test('a token is refreshed, saved for this user alone, and only then used in chat; the swap loses nothing', async () => {
  await using rig = await tokenRig();
  const first = rig.id.tokens.issue(BRIDGE_BOT, 4);
  await rig.store(first);
  const running = await rig.run();
  await readBy(rig, running, 'bridge_bot');
  const finish = talk(rig, running);
  await rig.id.askedTimes('token', 2);
  await running.until('the swaps', () => running.gateway.status().chat.reconnects >= 2);
  assert.deepEqual(await finish(), WELL);
  const saved = JSON.parse(await readFile(rig.tokenFile, 'utf8')) as { accessToken: string };
  assert.notEqual(saved.accessToken, first.accessToken);
  assert.ok(rig.id.tokens.all.some(({ accessToken }) => accessToken === saved.accessToken));
  assert.equal((await stat(rig.tokenFile)).mode & 0o777, 0o600);
});

test('a grant that is revoked is read on anonymously, with the cure on the page and in one line; signing in again is noticed', async () => {
  await using rig = await tokenRig();
  const first = rig.id.tokens.issue(BRIDGE_BOT, 6);
  await rig.store(first);
  const running = await rig.run();
  await readBy(rig, running, 'bridge_bot');
  const finish = talk(rig, running);
  rig.id.tokens.revoke(first);
  await readBy(rig, running, 'anonymous');
  const told = await running.until('the trouble to be told', () =>
    running.gateway.status().degraded.find(({ code }) => code === 'token'),
  );
  assert.match(told.sentence, /sign in again: npm run authorize$/);
  const errors = running.logged.filter(({ level }) => level === 'error');
  assert.equal(errors.length, 1);
  assert.match(String(errors[0]?.fields['problem']), /sign in again: npm run authorize$/);
  await rig.store(rig.id.tokens.issue());
  await readBy(rig, running, 'bridge_bot');
  assert.deepEqual(codes(running), []);
  assert.deepEqual(await finish(), WELL);
});

test('two gateways with one token, whose refresh tokens serve once, both stay signed in', async () => {
  await using rig = await tokenRig();
  rig.id.tokens.refreshTokens = 'one-time';
  await rig.store(rig.id.tokens.issue(BRIDGE_BOT, 4));
  const both = [await rig.run(), await rig.run()];
  await rig.id.askedTimes('token', 4);
  for (const running of both)
    await running.until('the account', () => running.gateway.status().chat.identity === 'bridge_bot');
  for (const running of both) await running.until('all to be well', () => codes(running).length === 0);
  const saved = JSON.parse(await readFile(rig.tokenFile, 'utf8')) as { accessToken: string };
  assert.ok(rig.id.tokens.all.slice(1).some(({ accessToken }) => accessToken === saved.accessToken));
});
