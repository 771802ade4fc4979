import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { BRIDGE_BOT } from '../fakes/twitch-id-accounts.ts';
import { refusal, type Answer } from '../fakes/twitch-id-server.ts';
import { refusal as secretRefusal, startSecretManager, value } from '../fakes/secret-manager.ts';
import { GatewayProcess, nodeMain, temporaryDirectory } from './gateway-process.ts';
import type { TestGateway } from './running-gateway.ts';
import { CLIENT_SECRET, documentOf, readBy, tokenRig, type TokenRig } from './token-rig.ts';

const PAGES = ['/_debug/twitch', '/metrics', '/healthz', '/readyz', '/health/startup', '/nowhere'];

/** In which of the texts a secret stands: plain, as in an address, or in base64 wherever in it it begins. */
function leaks(texts: Readonly<Record<string, string>>, secrets: readonly string[]): string[] {
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    ...[0, 1, 2].map((offset) =>
      Buffer.from(' '.repeat(offset) + secret)
        .toString('base64')
        .slice(offset === 0 ? 0 : 4, -4),
    ),
  ]);
  return Object.entries(texts)
    .filter(([, text]) => forms.some((form) => text.includes(form)))
    .map(([where]) => where);
}

async function pagesOf(url: string): Promise<Record<string, string>> {
  const pages = PAGES.map(async (path) => {
    const html = await fetch(url + path, { headers: { accept: 'text/html' } });
    const json = await fetch(url + path);
    return [path, (await html.text()) + (await json.text())] as const;
  });
  return Object.fromEntries(await Promise.all(pages));
}

/** Everything that a gateway in this process shows, before any scrubber has seen it. */
async function shownBy({ bus }: TokenRig, { gateway, logged }: TestGateway): Promise<Record<string, string>> {
  const everything = { depth: Infinity, showHidden: true, maxArrayLength: null, maxStringLength: null };
  return {
    ...(await pagesOf(`http://127.0.0.1:${gateway.port}`)),
    'the log': inspect(logged, everything) + JSON.stringify(logged),
    'the status': JSON.stringify(gateway.status()),
    'the gateway': inspect(gateway, everything),
    'the bus': bus.stored
      .map(({ body, headers }) => Buffer.from(body).toString() + JSON.stringify(headers))
      .join(),
  };
}

test('the search finds a secret in every form', () => {
  const secret = 'canary/+1 of the search';
  for (const text of [
    secret,
    encodeURIComponent(secret),
    btoa(`x:${secret}`),
    btoa(`xy${secret}z`),
    btoa(secret),
  ])
    assert.deepEqual(leaks({ text, other: 'nothing' }, [secret]), ['text']);
});

const FAILURES: readonly (readonly [string, (secrets: string) => Answer])[] = [
  ['400', (secrets) => refusal(400, `Invalid refresh token ${secrets}`)],
  ['401', (secrets) => refusal(401, secrets)],
  ['403', (secrets) => refusal(403, `invalid client secret ${secrets}`)],
  ['503', (secrets) => ({ status: 503, body: secrets })],
  ['an answer that is no token', (secrets) => ({ status: 200, body: { message: secrets } })],
  ['half a body', () => 'half'],
  ['a reset', () => 'reset'],
];

for (const [what, answer] of FAILURES) {
  test(`a refresh that ends in ${what} shows no secret anywhere, scrubbed or not`, async () => {
    await using rig = await tokenRig();
    const issued = rig.id.tokens.issue(BRIDGE_BOT, 1);
    rig.id.script.token = answer([CLIENT_SECRET, issued.refreshToken, issued.accessToken].join(' '));
    await rig.store(issued);
    const running = await rig.run();
    await rig.chat.joined('alpha');
    rig.chat.deliver('@id=one :ada!ada@ada.tmi.twitch.tv PRIVMSG #alpha :hello');
    await readBy(rig, running, 'anonymous');
    await running.until('the line', () => rig.bus.stored.length === 1);
    const secrets = [...rig.id.tokens.secrets, CLIENT_SECRET];
    assert.deepEqual(leaks(await shownBy(rig, running), secrets), []);
  });
}

test('a store that holds something else than a token, or cannot be read, shows nothing of it', async () => {
  await using rig = await tokenRig();
  const issued = rig.id.tokens.issue();
  await writeFile(rig.tokenFile, JSON.stringify({ ...documentOf(issued), expiresIn: 'soon' }));
  const running = await rig.run();
  await readBy(rig, running, 'anonymous');
  const told = () => running.gateway.status().degraded.find(({ code }) => code === 'token')?.sentence;
  const garbage = await running.until('the garbage to be told', told);
  assert.ok(garbage.includes(rig.tokenFile));
  await rm(rig.tokenFile);
  await mkdir(rig.tokenFile);
  await running.until('the directory to be told', () => told() !== garbage);
  assert.deepEqual(leaks(await shownBy(rig, running), rig.id.tokens.secrets), []);
});

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
