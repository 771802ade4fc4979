import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BRIDGE_BOT } from '../fakes/twitch-id-accounts.ts';
import { codes, readBy, tokenRig } from './token-rig.ts';

test('a token that ran out while we were not there is refreshed before chat is asked', async () => {
  await using rig = await tokenRig();
  const old = rig.id.tokens.issue();
  rig.id.tokens.expire(old);
  await rig.store({ ...old, issuedAt: 0 });
  const running = await rig.run();
  await readBy(rig, running, 'bridge_bot');
  assert.equal(rig.chat.sessions.length, 1);
});

test('a token that Twitch is slow to give is not waited for longer than chat can wait', async () => {
  await using rig = await tokenRig();
  rig.id.next('token', { slowMs: 4_000 });
  await rig.store({ ...rig.id.tokens.issue(), issuedAt: 0 });
  const running = await rig.run();
  await readBy(rig, running, 'anonymous');
  await readBy(rig, running, 'bridge_bot');
  assert.deepEqual(codes(running), []);
});

test('a username without a token is read anonymously, says so with both cures, and a token that appears is used', async () => {
  await using rig = await tokenRig();
  const running = await rig.run();
  await readBy(rig, running, 'anonymous');
  const [told, ...others] = running.gateway.status().degraded;
  assert.deepEqual([told?.code, others], ['anonymous', []]);
  assert.match(told?.sentence ?? '', /npm run authorize.*TWITCH_BOT_ACCESS_TOKEN/);
  await rig.store(rig.id.tokens.issue());
  await readBy(rig, running, 'bridge_bot');
  assert.deepEqual(codes(running), []);
});

test("another account's token is not used in chat, and both logins are named", async () => {
  await using rig = await tokenRig();
  await rig.store(rig.id.tokens.issue({ ...BRIDGE_BOT, login: 'other_bot' }));
  const running = await rig.run();
  await readBy(rig, running, 'anonymous');
  const told = running.gateway.status().degraded.find(({ code }) => code === 'token');
  assert.match(told?.sentence ?? '', /other_bot.*bridge_bot/);
});

test('a fixed token is used at once, wins over the store, and needs no id service', async () => {
  await using rig = await tokenRig();
  const { accessToken } = rig.id.tokens.issue();
  rig.id.script.validate = 'hang';
  await rig.store(rig.id.tokens.issue({ ...BRIDGE_BOT, login: 'other_bot' }));
  const running = await rig.run({ TWITCH_BOT_ACCESS_TOKEN: accessToken });
  await readBy(rig, running, 'bridge_bot');
  assert.deepEqual(codes(running), []);
  assert.equal(rig.id.count('token'), 0);
});

test('a fixed token that was revoked is not used any more, and the line says what to set', async () => {
  await using rig = await tokenRig();
  const issued = rig.id.tokens.issue();
  rig.id.tokens.revoke(issued);
  const running = await rig.run({ TWITCH_BOT_ACCESS_TOKEN: issued.accessToken });
  await readBy(rig, running, 'anonymous');
  await running.until('the cure', () => codes(running).includes('token'));
  assert.deepEqual(codes(running).toSorted(), ['anonymous', 'token']);
});

test('a token that only chat refuses is refreshed and used again', async () => {
  await using rig = await tokenRig();
  const first = rig.id.tokens.issue();
  rig.chat.script.tokens = new Set();
  await rig.store(first);
  const running = await rig.run();
  await running.until('the refusal', () =>
    running.logged.some(({ message }) => message === 'chat: login refused'),
  );
  rig.chat.script.tokens = undefined;
  await readBy(rig, running, 'bridge_bot');
  assert.equal(rig.id.count('token'), 1);
  assert.deepEqual(codes(running), []);
});

test('when the token ends is a metric; 0 while none is in use', async () => {
  await using rig = await tokenRig();
  const running = await rig.run();
  await readBy(rig, running, 'anonymous');
  const metric = async () => {
    const text = await (await fetch(`http://127.0.0.1:${running.gateway.port}/metrics`)).text();
    return Number(/^ingress_egress_token_expiry_timestamp_seconds (\S+)$/m.exec(text)?.[1]);
  };
  assert.equal(await metric(), 0);
  const issued = rig.id.tokens.issue();
  await rig.store(issued);
  await readBy(rig, running, 'bridge_bot');
  assert.ok(Math.abs((await metric()) - (issued.issuedAt / 1000 + 14_400)) < 5);
});
