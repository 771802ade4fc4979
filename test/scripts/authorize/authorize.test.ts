import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { refusal } from '../../fakes/twitch-id-replies.ts';
import { CLIENT_SECRET, surroundings } from './sign-in-process.ts';

const ANN = { login: 'ann', userId: '7', scopes: ['chat:read'] };

test('it shows an address and a code, waits, stores the token and says who signed in', async (t) => {
  const around = await surroundings(t);
  const { ended } = around.start('authorize.ts', [], { TWITCH_BOT_USERNAME: 'bridge_bot' });
  await around.twitch.askedTimes('token', 3);
  const { accessToken, refreshToken } = around.twitch.approve();
  const { code, stdout, stderr } = await ended;
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /Sign in to Twitch as bridge_bot .*\n\n {2}https:\/\/www\.twitch\.tv\/activate\S+CODE1\n/,
  );
  assert.match(stdout, /the code CODE1/);
  assert.match(stdout, /Signed in as bridge_bot \(id 713936733\), scopes: chat:read\./);
  assert.match(stdout, /holds until \d{4}-\d\d-\d\d \d\d:\d\d UTC\./);
  assert.ok(stdout.endsWith(`Stored in ${around.tokenFile}.\n`));
  assert.match(stderr, /^Waiting for the sign-in, 30:00 left; Ctrl-C ends\.\n$/);
  const { updatedAt, obtainmentTimestamp, ...token } = around.stored();
  const rest = { scope: ['chat:read'], expiresIn: 14_400, userId: '713936733' };
  assert.deepEqual(token, { accessToken, refreshToken, ...rest });
  assert.ok(Math.abs(Number(obtainmentTimestamp) - Date.now()) < 60_000);
  assert.equal(new Date(String(updatedAt)).toISOString(), updatedAt);
  assert.equal(statSync(around.tokenFile).mode & 0o777, 0o600);
});

for (const secret of ['', CLIENT_SECRET]) {
  test(`an app with${secret === '' ? 'out a secret sends none' : ' a secret sends it, and not in the address'}`, async (t) => {
    const around = await surroundings(t);
    const { ended } = around.start('authorize.ts', [], { TWITCH_CLIENT_SECRET: secret });
    await around.twitch.askedTimes('token', 1);
    around.twitch.approve();
    assert.equal((await ended).code, 0);
    for (const { endpoint, form, url } of around.twitch.asked) {
      assert.equal(new URL(url).search, '');
      if (endpoint === 'validate') continue;
      assert.deepEqual([form['client_id'], form['client_secret'] ?? ''], ['our-app', secret]);
      assert.equal(form['scopes'], 'chat:read');
    }
  });
}

test('it writes over what is there: a token, no token at all, and one that came while it waited', async (t) => {
  const around = await surroundings(t);
  const befores = [
    () => around.store(around.twitch.tokens.issue()),
    () => writeFileSync(around.tokenFile, 'no token'),
    () => undefined,
  ];
  for (const before of befores) {
    before();
    const times = around.twitch.count('token');
    const { ended } = around.start('authorize.ts', []);
    await around.twitch.askedTimes('token', times + 1);
    around.store(around.twitch.tokens.issue());
    const { accessToken } = around.twitch.approve();
    const { code, stderr } = await ended;
    assert.equal(code, 0, stderr);
    assert.equal(around.stored()['accessToken'], accessToken);
  }
});

test('another account than TWITCH_BOT_USERNAME is named and not stored', async (t) => {
  const around = await surroundings(t);
  const { ended } = around.start('authorize.ts', [], { TWITCH_BOT_USERNAME: 'bridge_bot' });
  await around.twitch.askedTimes('token', 1);
  around.twitch.approve(ANN);
  const { code, stderr } = await ended;
  assert.equal(code, 1);
  assert.match(stderr, /Nothing was stored: it is the token of ann, but TWITCH_BOT_USERNAME is bridge_bot/);
  assert.ok(!existsSync(around.tokenFile));
});

test('without TWITCH_BOT_USERNAME any account is stored, and what the gateway needs is said', async (t) => {
  const around = await surroundings(t);
  const { ended } = around.start('authorize.ts', []);
  await around.twitch.askedTimes('token', 1);
  around.twitch.approve(ANN);
  const { code, stderr } = await ended;
  assert.equal(code, 0);
  assert.equal(around.stored()['userId'], '7');
  assert.match(stderr, /TWITCH_BOT_USERNAME is not set: until it is, the gateway reads anonymously\./);
});

test('trouble while it waits and when it asks who signed in is outlived', async (t) => {
  const around = await surroundings(t);
  around.twitch.next('token', { status: 503, body: 'down' }, 'reset', 'half');
  around.twitch.next('validate', 'reset', refusal(500, 'oops'));
  const { ended } = around.start('authorize.ts', []);
  await around.twitch.askedTimes('token', 4);
  around.twitch.approve();
  const { code, stderr } = await ended;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Twitch could not be asked \(status 503\); trying again\./);
  assert.match(stderr, /Twitch could not be asked \(oops\); trying again\./);
});

test('a refused sign-in and an expired code are said, and nothing is stored', async (t) => {
  const around = await surroundings(t);
  const { ended } = around.start('authorize.ts', []);
  await around.twitch.askedTimes('token', 1);
  around.twitch.deny();
  const refused = await ended;
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /no longer accepts the code.*Twitch says: invalid device code/);
  around.twitch.device = { expiresIn: 0.3, interval: 0.05 };
  const expired = await around.run('authorize.ts', []);
  assert.equal(expired.code, 1);
  assert.match(expired.stderr, /The code expired .* Nothing was stored\.\n$/);
  assert.ok(!existsSync(around.tokenFile));
});

test('an answer that repeats what it was sent is not repeated', async (t) => {
  const around = await surroundings(t);
  const { ended } = around.start('authorize.ts', [], { TWITCH_CLIENT_SECRET: CLIENT_SECRET });
  await around.twitch.askedTimes('token', 1);
  const said = [...around.twitch.tokens.secrets, CLIENT_SECRET].join(' and ');
  around.twitch.script.token = refusal(400, said);
  const { code, stderr } = await ended;
  assert.equal(code, 1);
  assert.match(stderr, /Twitch says: \[redacted\] and \[redacted\]/);
});

test('Ctrl-C ends the waiting cleanly', async (t) => {
  const around = await surroundings(t);
  const { ended, signal } = around.start('authorize.ts', []);
  await around.twitch.askedTimes('token', 1);
  signal('SIGINT');
  signal('SIGINT');
  const { code, stderr } = await ended;
  assert.equal(code, 1);
  assert.match(stderr, /\nEnded before anybody signed in\. Nothing was stored\.\n$/);
});

test('without an app, with a wrong one and without Twitch it says what to do', async (t) => {
  const around = await surroundings(t);
  const none = await around.run('authorize.ts', [], { TWITCH_CLIENT_ID: '' });
  assert.equal(none.code, 2);
  assert.match(
    none.stderr,
    /^TWITCH_CLIENT_ID is not set: .*\nRegister one at https:\/\/dev\.twitch\.tv\/console\/apps/,
  );
  around.twitch.next('device', refusal(400, 'invalid client'));
  const wrong = await around.run('authorize.ts', []);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /gave no code to sign in with: invalid client\. Check TWITCH_CLIENT_ID/);
  around.twitch.next('device', { status: 503, body: '' });
  const down = await around.run('authorize.ts', []);
  assert.equal(down.code, 1);
  assert.match(down.stderr, /gave no code to sign in with: status 503\. Try again later\.\n$/);
});

test('a store that cannot be used is said before anybody is asked to sign in', async (t) => {
  const around = await surroundings(t);
  writeFileSync(around.tokenFile, 'no directory');
  const file = `${around.tokenFile}/token.json`;
  const { code, stderr } = await around.run('authorize.ts', [], { TOKEN_FILE: file });
  assert.equal(code, 1);
  assert.ok(stderr.startsWith(`${file} cannot be read`), stderr);
  assert.equal(around.twitch.asked.length, 0);
});

test('an unknown argument and bad settings exit with 2, --help with 0', async (t) => {
  const around = await surroundings(t);
  for (const args of [['--force'], ['now']]) {
    const { code, stderr } = await around.run('authorize.ts', args);
    assert.equal(code, 2);
    assert.match(stderr, /Usage: npm run authorize/);
  }
  const bad = await around.run('authorize.ts', [], { TOKEN_STORE: 'redis' });
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /^TOKEN_STORE is "redis"/);
  const help = await around.run('authorize.ts', ['--help']);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /Usage: npm run authorize/);
});
