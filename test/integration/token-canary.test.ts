import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../gateway/clock.ts';
import { refreshToken } from '../../gateway/credentials/token-refresher.ts';
import { readSecret } from '../../gateway/secrets/secrets.ts';
import { openTokenStore } from '../../gateway/tokens/open-token-store.ts';
import { readToken } from '../../gateway/tokens/token.ts';
import { signIn } from '../../scripts/authorize/sign-in.ts';
import { freePort } from '../fakes/ports.ts';
import { refusal as secretRefusal, startSecretManager } from '../fakes/secret-manager.ts';
import { BRIDGE_BOT } from '../fakes/twitch-id-accounts.ts';
import { refusal } from '../fakes/twitch-id-replies.ts';
import type { Answer, TwitchIdServer } from '../fakes/twitch-id-server.ts';
import { inspected, leaks, shownBy } from './leaks.ts';
import { CLIENT_SECRET, codes, documentOf, readBy, tokenRig, type TokenRig } from './token-rig.ts';

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
  ['silence', () => 'hang'],
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

/** Until the test is over nobody is where the variable points. */
async function pointNowhere(t: TestContext, variable: string): Promise<void> {
  const before = process.env[variable];
  process.env[variable] = `${variable.endsWith('HOST') ? '127.0.0.1:' : ''}${await freePort()}`;
  t.after(() => {
    if (before === undefined) delete process.env[variable];
    else process.env[variable] = before;
  });
}

test('a refresh and a validation without a network show no secret', async (t) => {
  await using rig = await tokenRig();
  await rig.store(rig.id.tokens.issue(BRIDGE_BOT, 1));
  await pointNowhere(t, 'TWURPLE_MOCK_API_PORT');
  const running = await rig.run();
  await readBy(rig, running, 'anonymous');
  await running.until('the trouble', () => codes(running).includes('token'));
  assert.deepEqual(leaks(await shownBy(rig, running), [...rig.id.tokens.secrets, CLIENT_SECRET]), []);
});

/** What was thrown. */
async function thrown(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => assert.fail('nothing was thrown'),
    (problem: unknown) => problem,
  );
  assert.ok(error instanceof Error);
  return error;
}

test('a Firestore that is down shows nothing of what was to be saved there', async (t) => {
  await using rig = await tokenRig();
  await pointNowhere(t, 'FIRESTORE_EMULATOR_HOST');
  const settings = { TOKEN_STORE: 'firestore', GOOGLE_CLOUD_PROJECT: 'demo-ingress-egress' } as const;
  const running = await rig.run(settings);
  await readBy(rig, running, 'anonymous');
  await running.until('the trouble', () => codes(running).includes('token'));
  assert.deepEqual(leaks(await shownBy(rig, running), [CLIENT_SECRET]), []);

  const places = { TOKEN_FILE: '', TOKEN_DOC_PATH: 'oauth/twitch/bot' };
  const store = openTokenStore({ ...settings, ...places }, systemClock);
  const reading = readToken(documentOf(rig.id.tokens.issue()));
  assert.ok(reading.ok);
  const error = await thrown(store.save(reading.token, undefined));
  await store.close();
  assert.deepEqual(leaks({ error: inspected(error) }, rig.id.tokens.secrets), []);
});

test('a Secret Manager that refuses with the secret in its words is not repeated', async (t) => {
  await using manager = await startSecretManager();
  manager.answer(secretRefusal(403, `no right to ${CLIENT_SECRET}`));
  process.env['SECRET_MANAGER_EMULATOR_HOST'] = manager.host;
  t.after(() => void delete process.env['SECRET_MANAGER_EMULATOR_HOST']);
  const error = await thrown(readSecret('projects/my-project/secrets/client-secret/versions/1'));
  assert.match(error.message, /Secret Manager answered 403/);
  assert.deepEqual(leaks({ error: inspected(error) }, [CLIENT_SECRET]), []);
});

const NO_CODES: readonly (readonly [string, Answer])[] = [
  ['is refused', refusal(400, `of ${CLIENT_SECRET}`)],
  ['is not given', { status: 503, body: CLIENT_SECRET }],
  ['comes by half', 'half'],
];

/** Happens while a person is waited for; the words hold every secret that was said by then. */
const SIGN_INS: readonly (readonly [string, (id: TwitchIdServer, words: string) => unknown])[] = [
  ['is refused', (id, words) => (id.script.token = refusal(403, words))],
  ['is of nobody', (id) => (id.script.validate = refusal(400, id.approve().accessToken))],
  ['is of another account', (id) => id.approve({ ...BRIDGE_BOT, login: 'other_bot' })],
];

/** What somebody who signs in in vain is told, and nothing of it may be secret. */
async function signInInVain({ id }: TokenRig, goWrong: (words: string) => unknown): Promise<void> {
  const secrets = () => [...id.tokens.secrets, CLIENT_SECRET];
  const shown: string[] = [];
  const onCode = () => {
    goWrong(secrets().join(' '));
    return { note: (text: string) => void shown.push(text), stop: () => undefined };
  };
  const app = { clientId: 'client_id_1', clientSecret: CLIENT_SECRET };
  const surroundings = { clock: systemClock, random: Math.random, signal: AbortSignal.timeout(20_000) };
  const error = await thrown(signIn({ ...surroundings, app, login: 'bridge_bot', onCode }));
  assert.deepEqual(leaks({ error: inspected(error), shown: shown.join() }, secrets()), []);
}

for (const [what, answer] of NO_CODES) {
  test(`a code to sign in with that ${what} shows no secret`, async () => {
    await using rig = await tokenRig();
    rig.id.script.device = answer;
    await signInInVain(rig, () => assert.fail('there was a code'));
  });
}

for (const [what, goWrong] of SIGN_INS) {
  test(`a sign-in that ${what} shows no secret`, async () => {
    await using rig = await tokenRig();
    await signInInVain(rig, (words) => goWrong(rig.id, words));
  });
}

test('a refresh tells its outcome and nothing that was said', async () => {
  await using rig = await tokenRig();
  const reading = readToken(documentOf(rig.id.tokens.issue()));
  assert.ok(reading.ok);
  const app = { clientId: 'client_id_1', clientSecret: CLIENT_SECRET };
  const secrets = [...rig.id.tokens.secrets, CLIENT_SECRET];
  for (const [what, answer] of FAILURES.filter(([name]) => name !== 'silence')) {
    rig.id.next('token', answer(secrets.join(' ')));
    const outcome = await refreshToken(app, reading.token, systemClock);
    assert.deepEqual(leaks({ [what]: inspected(outcome) }, secrets), []);
  }
});
