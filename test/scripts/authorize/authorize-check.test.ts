import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { BRIDGE_BOT, type Issued } from '../../fakes/twitch-id-accounts.ts';
import type { Answer } from '../../fakes/twitch-id-server.ts';
import { surroundings } from './sign-in-process.ts';

const FIVE_HOURS_MS = 5 * 3600 * 1000;
const AS_BOT = { TWITCH_BOT_USERNAME: 'bridge_bot' };

type Case = {
  readonly title: string;
  readonly code: 0 | 1;
  readonly says: RegExp;
  readonly account?: typeof BRIDGE_BOT;
  /** Changes of what is stored. */
  readonly stored?: (issued: Issued) => Readonly<Record<string, unknown>>;
  readonly happens?: 'expired' | 'revoked' | Answer;
  readonly env?: Readonly<Record<string, string>>;
};

const RAN_OUT = ({ issuedAt }: Issued) => ({ obtainmentTimestamp: issuedAt - FIVE_HOURS_MS });

const CASES: readonly Case[] = [
  {
    title: 'a good token is good',
    code: 0,
    says: /^Signed in as bridge_bot \(id 713936733\), scopes: chat:read\. The access token holds until /,
  },
  {
    title: 'a token of another account does not serve',
    code: 1,
    says: /anonymously: it is the token of ann, but TWITCH_BOT_USERNAME is bridge_bot/,
    account: { ...BRIDGE_BOT, login: 'ann' },
  },
  {
    title: 'a token without chat:read does not serve',
    code: 1,
    says: /scopes: none\..*\nThe gateway reads anonymously: it lacks the scope chat:read/,
    account: { ...BRIDGE_BOT, scopes: [] },
  },
  {
    title: 'one that has run out is refreshed when it is needed',
    code: 0,
    says: /ran out at .* UTC\. The gateway refreshes it when it needs it\./,
    stored: RAN_OUT,
    happens: 'expired',
  },
  {
    title: 'one that has run out is of no use without an app',
    code: 1,
    says: /ran out at .* anonymously: TWITCH_CLIENT_ID is not set/,
    stored: RAN_OUT,
    happens: 'expired',
    env: { TWITCH_CLIENT_ID: '' },
  },
  {
    title: 'one that cannot be refreshed serves for a while only',
    code: 1,
    says: /After that the gateway reads anonymously: it cannot be refreshed; sign in again/,
    stored: () => ({ refreshToken: '' }),
  },
  {
    title: 'a revoked one needs a person',
    code: 1,
    says: /although it has not run out.*npm run authorize/s,
    happens: 'revoked',
  },
  {
    title: 'a check that could not be made is no good news',
    code: 1,
    says: /could not be checked: status 503\. Try again later\./,
    happens: { status: 503, body: '' },
  },
];

for (const { title, code, says, account, stored, happens, env } of CASES) {
  test(`--check: ${title}`, async (t) => {
    const around = await surroundings(t);
    const issued = around.twitch.tokens.issue(account);
    around.store(issued, stored?.(issued));
    if (happens === 'expired') around.twitch.tokens.expire(issued);
    else if (happens === 'revoked') around.twitch.tokens.revoke(issued);
    else around.twitch.script.validate = happens;
    const before = readFileSync(around.tokenFile);
    const ran = await around.run('authorize.ts', ['--check'], { ...AS_BOT, ...env });
    assert.match(ran.stdout, says);
    assert.equal(ran.code, code, ran.stderr);
    assert.ok(ran.stdout.endsWith(`Stored in ${around.tokenFile}.\n`));
    assert.deepEqual(readFileSync(around.tokenFile), before);
    assert.equal(around.twitch.count('token'), 0);
  });
}

test('--check: nothing stored, and something that is no token, need a person', async (t: TestContext) => {
  const around = await surroundings(t);
  const nothing = await around.run('authorize.ts', ['--check']);
  assert.equal(nothing.code, 1);
  assert.equal(nothing.stderr, `Nothing is stored in ${around.tokenFile}. Sign in with npm run authorize.\n`);
  around.store(around.twitch.tokens.issue(), { accessToken: 7 });
  const broken = await around.run('authorize.ts', ['--check']);
  assert.equal(broken.code, 1);
  assert.ok(broken.stderr.includes(around.tokenFile));
});

test('--check: what makes the gateway use something else is said', async (t) => {
  const around = await surroundings(t);
  around.store(around.twitch.tokens.issue());
  const fixed = await around.run('authorize.ts', ['--check'], { TWITCH_BOT_ACCESS_TOKEN: 'fixedcanary' });
  assert.equal(fixed.code, 0);
  assert.match(fixed.stderr, /TWITCH_BOT_ACCESS_TOKEN is set: the gateway uses that token/);
  assert.ok(!fixed.stderr.includes('fixedcanary'));
});
