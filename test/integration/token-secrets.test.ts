import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BRIDGE_BOT } from '../fakes/twitch-id-accounts.ts';
import { refusal } from '../fakes/twitch-id-replies.ts';
import { refusal as secretRefusal, startSecretManager, value } from '../fakes/secret-manager.ts';
import { GatewayProcess, nodeMain, temporaryDirectory } from './gateway-process.ts';
import { leaks, pagesOf } from './leaks.ts';
import { CLIENT_SECRET, tokenRig } from './token-rig.ts';

const NAME = 'projects/my-project/secrets/client-secret/versions/latest';

test('a process that refreshes, is refused and stops shows no secret in any output; secrets come from Secret Manager', async () => {
  await using rig = await tokenRig();
  await using manager = await startSecretManager();
  await using directory = await temporaryDirectory();
  manager.answer(value(`${CLIENT_SECRET}\n`));
  rig.id.next('token', { status: 503, body: CLIENT_SECRET });
  const issued = rig.id.tokens.issue(BRIDGE_BOT, 4);
  await rig.store(issued);
  await using gateway = nodeMain({
    ...rig.env,
    ...rig.id.env,
    TWITCH_CLIENT_SECRET: NAME,
    SECRET_MANAGER_EMULATOR_HOST: manager.host,
    DATA_DIR: directory.path,
    LOG_LEVEL: 'debug',
    PORT: '0',
  });
  const url = await gateway.url();
  await gateway.logged('token: refreshed');
  assert.equal(
    rig.id.asked.find(({ endpoint }) => endpoint === 'token')?.form['client_secret'],
    CLIENT_SECRET,
  );
  rig.chat.deliver('@id=one :ada!ada@ada.tmi.twitch.tv PRIVMSG #alpha :hello');
  rig.id.tokens.revoke(issued);
  await gateway.logged('token: a person must act');
  const pages = await pagesOf(url);
  gateway.child.kill('SIGTERM');
  assert.equal((await gateway.ended()).code, 0);
  const tail = ['scripts/tail.ts', '--json', '--headers', '--from', 'start', '--once'];
  await using stored = new GatewayProcess(process.execPath, tail, { DATA_DIR: directory.path });
  await stored.ended();
  assert.match(stored.stdout, /"id":"one"/);
  const outputs = {
    stdout: gateway.stdout,
    stderr: gateway.stderr,
    'the bus': stored.stdout + stored.stderr,
  };
  assert.deepEqual(leaks({ ...pages, ...outputs }, [...rig.id.tokens.secrets, CLIENT_SECRET]), []);
});

test('a client secret that was rotated in Secret Manager is read again when Twitch refuses the old one', async () => {
  await using rig = await tokenRig();
  await using manager = await startSecretManager();
  await using directory = await temporaryDirectory();
  manager.answer(value('old-canary-1'), value('new-canary-2'));
  rig.id.next('token', refusal(403, 'invalid client secret'));
  await rig.store({ ...rig.id.tokens.issue(), issuedAt: 0 });
  await using gateway = nodeMain({
    ...rig.env,
    ...rig.id.env,
    TWITCH_CLIENT_SECRET: NAME,
    SECRET_MANAGER_EMULATOR_HOST: manager.host,
    DATA_DIR: directory.path,
    PORT: '0',
  });
  await gateway.logged('token: refreshed');
  assert.deepEqual(
    rig.id.asked.filter(({ endpoint }) => endpoint === 'token').map(({ form }) => form['client_secret']),
    ['old-canary-1', 'new-canary-2'],
  );
  await rig.chat.waitFor('the account', () =>
    rig.chat.registered.find(({ login }) => login === 'bridge_bot'),
  );
  assert.deepEqual(leaks({ stdout: gateway.stdout }, ['old-canary-1', 'new-canary-2']), []);
});

test('secrets that Secret Manager refuses are all named at the start, with exit code 2', async () => {
  await using manager = await startSecretManager();
  await using directory = await temporaryDirectory();
  manager.answer(secretRefusal(403));
  await using gateway = nodeMain({
    TWITCH_CHANNELS: 'alpha',
    TWITCH_IRC_URL: 'ws://127.0.0.1:1',
    TWITCH_CLIENT_SECRET: NAME,
    DEBUG_TOKEN: 'projects/my-project/secrets/debug-token/versions/3',
    SECRET_MANAGER_EMULATOR_HOST: manager.host,
    DATA_DIR: directory.path,
    PORT: '0',
  });
  assert.equal((await gateway.ended()).code, 2);
  assert.match(
    gateway.stderr,
    /^ {2}- TWITCH_CLIENT_SECRET: projects\/my-project\/secrets\/client-secret\/versions\/latest /m,
  );
  assert.match(
    gateway.stderr,
    /^ {2}- DEBUG_TOKEN: projects\/my-project\/secrets\/debug-token\/versions\/3 /m,
  );
  assert.ok(!gateway.stderr.includes('marked-words'));
  assert.ok(!gateway.stdout.includes('"listening"'));
});
