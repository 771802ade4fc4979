import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { BRIDGE_BOT } from '../../fakes/twitch-id-accounts.ts';
import { refusal } from '../../fakes/twitch-id-replies.ts';
import type { Answer } from '../../fakes/twitch-id-server.ts';
import { CLIENT_SECRET, surroundings } from './sign-in-process.ts';

const AS_BOT = { TWITCH_BOT_USERNAME: 'bridge_bot', TWITCH_CLIENT_SECRET: CLIENT_SECRET };
const JOB = 'jobs/refresh-token.ts';

test('a token that holds is left as it is', async (t) => {
  const around = await surroundings(t);
  around.store(around.twitch.tokens.issue());
  const before = readFileSync(around.tokenFile);
  const { code, stdout, stderr } = await around.run(JOB, [], AS_BOT);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Signed in as bridge_bot \(id 713936733\), scopes: chat:read\..*\n$/);
  assert.deepEqual(readFileSync(around.tokenFile), before);
  assert.equal(around.twitch.count('token'), 0);
});

for (const refreshTokens of ['reusable', 'one-time'] as const) {
  test(`a token near its end, and one beyond it, are refreshed with a ${refreshTokens} refresh token`, async (t) => {
    const around = await surroundings(t);
    around.twitch.tokens.refreshTokens = refreshTokens;
    const near = around.twitch.tokens.issue(BRIDGE_BOT, 600);
    around.store(near);
    for (const round of [1, 2]) {
      const before = around.stored();
      const { code, stdout, stderr } = await around.run(JOB, [], AS_BOT);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^Refreshed\. Signed in as bridge_bot/);
      const { accessToken, refreshToken, scope, userId } = around.stored();
      assert.ok(around.twitch.tokens.valid(String(accessToken)));
      assert.notEqual(accessToken, before['accessToken']);
      assert.equal(refreshToken === before['refreshToken'], refreshTokens === 'reusable');
      assert.deepEqual([scope, userId], [['chat:read'], '713936733']);
      assert.equal(statSync(around.tokenFile).mode & 0o777, 0o600);
      assert.equal(around.twitch.count('token'), round);
      around.twitch.tokens.expire({ accessToken: String(accessToken) });
    }
  });
}

/** What the job says of a token that has run out, with Twitch answering so to its refresh. */
async function failing(t: TestContext, answer: Answer) {
  const around = await surroundings(t);
  const issued = around.twitch.tokens.issue();
  around.store(issued);
  around.twitch.tokens.expire(issued);
  around.twitch.script.token = answer;
  const ran = await around.run(JOB, [], AS_BOT);
  assert.equal(ran.code, 1);
  assert.equal(around.stored()['accessToken'], issued.accessToken);
  return ran;
}

test('a revoked token needs a person, who is told what to do', async (t) => {
  const { stdout } = await failing(t, refusal(400, 'Invalid refresh token'));
  assert.match(stdout, /refuses to refresh the token \(status 400\).*sign in again with npm run authorize/);
});

test('a wrong secret is told apart from a revoked token', async (t) => {
  const { stdout } = await failing(t, refusal(403, 'invalid client secret'));
  assert.match(stdout, /refuses the app \(status 403\): correct TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET/);
});

test('a Twitch that is down is no reason to sign in again', async (t) => {
  const { stdout } = await failing(t, refusal(503, 'down'));
  assert.match(stdout, /could not be refreshed now \(status 503\)\. Try again later\.\n$/);
});

test('trouble that passes is outlived', async (t) => {
  const around = await surroundings(t);
  const issued = around.twitch.tokens.issue();
  around.store(issued);
  around.twitch.tokens.expire(issued);
  around.twitch.next('validate', { status: 500, body: '' });
  around.twitch.next('token', 'reset', { status: 429, body: '' });
  const { code, stdout, stderr } = await around.run(JOB, [], AS_BOT);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^Refreshed\./);
  assert.match(stderr, /could not be asked about the token; trying again/);
});

test('nothing stored, and a token of somebody else, need a person', async (t) => {
  const around = await surroundings(t);
  const nothing = await around.run(JOB, [], AS_BOT);
  assert.equal(nothing.code, 1);
  assert.match(nothing.stdout, /^Nothing is stored in .*: sign in with npm run authorize\.\n$/);
  around.store(around.twitch.tokens.issue({ ...BRIDGE_BOT, login: 'ann' }));
  const other = await around.run(JOB, [], AS_BOT);
  assert.equal(other.code, 1);
  assert.match(other.stdout, /it is the token of ann, but TWITCH_BOT_USERNAME is bridge_bot/);
});

test('bad use exits with 2, --help with 0', async (t) => {
  const around = await surroundings(t);
  const unknown = await around.run(JOB, ['--soon']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /Usage: npm run refresh-token/);
  const bad = await around.run(JOB, [], { TWITCH_BOT_USERNAME: 'no login' });
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /^TWITCH_BOT_USERNAME/);
  const secret = await around.run(JOB, [], { TWITCH_CLIENT_SECRET: 'projects/p/nonsense' });
  assert.equal(secret.code, 2);
  assert.match(secret.stderr, /^TWITCH_CLIENT_SECRET has a wrong value/);
  const help = await around.run(JOB, ['--help']);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /Usage: npm run refresh-token/);
});
