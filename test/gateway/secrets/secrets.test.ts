import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { systemClock, type Clock } from '../../../gateway/clock.ts';
import { readSecret, SecretError } from '../../../gateway/secrets/secrets.ts';
import {
  halfABody,
  payload,
  refusal,
  silence,
  startSecretManager,
  type SecretAnswer,
  type SecretManager,
  value,
} from '../../fakes/secret-manager.ts';
import { freePort } from '../../fakes/ports.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const REFERENCE = 'projects/my-project/secrets/client-secret/versions/latest';
const PATH = `/v1/${REFERENCE}:access`;
const CANARY = 'canary-9f3b1c';

/** Pauses take no time, deadlines all of theirs. */
const unhurried: Clock = {
  ...systemClock,
  after: (ms, task) => systemClock.after(ms < 1000 ? 0 : ms, task),
};
const read = (): Promise<string> => readSecret(REFERENCE, { clock: unhurried, random: () => 0.5 });

function pointTo(t: TestContext, host: string): void {
  const { SECRET_MANAGER_EMULATOR_HOST: before } = process.env;
  process.env['SECRET_MANAGER_EMULATOR_HOST'] = host;
  t.after(() => {
    if (before === undefined) delete process.env['SECRET_MANAGER_EMULATOR_HOST'];
    else process.env['SECRET_MANAGER_EMULATOR_HOST'] = before;
  });
}

async function stand(t: TestContext): Promise<SecretManager> {
  const manager = await startSecretManager();
  t.after(() => manager[Symbol.asyncDispose]());
  pointTo(t, manager.host);
  return manager;
}

test('a reference is resolved without credentials where a stand-in is named', async (t) => {
  const manager = await stand(t);
  manager.answer(value(CANARY));
  assert.equal(await read(), CANARY);
  assert.deepEqual(manager.requests, [`GET ${PATH} anonymous`]);
});

test('a rotated secret is what the next reading gives', async (t) => {
  const manager = await stand(t);
  manager.answer(value('old'), value('new'));
  assert.deepEqual([await read(), await read()], ['old', 'new']);
});

test('line ends after the value are no part of it; everything else is', async (t) => {
  const manager = await stand(t);
  manager.answer(value(` ${CANARY} \r\n\n`));
  assert.equal(await read(), ` ${CANARY} `);
});

type Refused = { readonly status: number | undefined; readonly says: RegExp; readonly asked: number };

const REFUSALS: readonly [string, SecretAnswer, Refused][] = [
  [
    '400',
    refusal(400),
    { status: 400, asked: 1, says: /versions describe latest --secret client-secret --project/ },
  ],
  ['401', refusal(401), { status: 401, asked: 1, says: /credentials are no longer valid/ }],
  [
    '403',
    refusal(403),
    {
      status: 403,
      asked: 1,
      says: /gcloud secrets add-iam-policy-binding client-secret --project my-project --member serviceAccount:ACCOUNT --role roles\/secretmanager\.secretAccessor$/,
    },
  ],
  [
    '404',
    refusal(404),
    { status: 404, asked: 1, says: /gcloud secrets versions list client-secret --project my-project$/ },
  ],
  ['429 each time', refusal(429), { status: 429, asked: 3, says: /answered 429\.$/ }],
  ['503 each time', refusal(503), { status: 503, asked: 3, says: /answered 503\.$/ }],
  [
    'more than any secret each time',
    value('x'.repeat(1024 * 1024)),
    { status: undefined, asked: 3, says: /did not answer in full/ },
  ],
  ['half a body each time', halfABody, { status: undefined, asked: 3, says: /did not answer in full/ }],
  [
    'no JSON',
    (response) => response.end('<html>'),
    { status: undefined, asked: 1, says: /no value in base64/ },
  ],
  ['null', (response) => response.end('null'), { status: undefined, asked: 1, says: /no value in base64/ }],
  ['bad base64', payload(`${CANARY}!`), { status: undefined, asked: 1, says: /no value in base64/ }],
  ['cut base64', payload('YWJjZ'), { status: undefined, asked: 1, says: /no value in base64/ }],
  [
    'bytes that are no text',
    value(Buffer.from([0xff, 0xfe])),
    { status: undefined, asked: 1, says: /is not UTF-8 text/ },
  ],
  [
    'an empty value',
    value('\n'),
    { status: undefined, asked: 1, says: /value is empty\. .*versions add client-secret/ },
  ],
  [
    'a redirect',
    (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    { status: undefined, asked: 3, says: /did not answer in full/ },
  ],
];

for (const [what, answer, { status, asked, says }] of REFUSALS) {
  test(`${what}: asked ${asked === 1 ? 'once' : 'three times'}, refused with the name, the reason and the cure`, async (t) => {
    const manager = await stand(t);
    manager.answer(answer);
    await assert.rejects(read(), (error) => {
      assert.ok(error instanceof SecretError);
      assert.deepEqual([error.reference, error.status], [REFERENCE, status]);
      assert.ok(error.message.startsWith(`${REFERENCE} cannot be read from Secret Manager: `));
      assert.match(error.message, says);
      assert.doesNotMatch(inspect(error, { depth: null, showHidden: true }), /canary|marked-words/);
      return true;
    });
    assert.equal(manager.requests.length, asked);
  });
}

test('what passes by itself costs no more than another attempt: 503 and half a body, then the value', async (t) => {
  const manager = await stand(t);
  manager.answer(refusal(503), halfABody, value(CANARY));
  assert.equal(await read(), CANARY);
  assert.equal(manager.requests.length, 3);
});

test('nobody listens: told within the attempts', async (t) => {
  pointTo(t, `127.0.0.1:${await freePort()}`);
  await assert.rejects(read(), /did not answer in full\. Can it be reached from here\?$/);
});

test('a service that never answers is given up after three attempts of 3 s', async (t) => {
  const manager = await stand(t);
  manager.answer(silence);
  const clock = new VirtualClock();
  const state = { isOver: false };
  const reading = readSecret(REFERENCE, { clock, random: () => 0.5 }).finally(() => (state.isOver = true));
  const refused = assert.rejects(reading, /did not answer in full/);
  while (!state.isOver) {
    if (clock.pending > 0) clock.advance(100);
    await nextTurn();
  }
  await refused;
  assert.ok(clock.now() >= 9000 && clock.now() <= 10_000, `${clock.now()} ms`);
});

test('a connection that is taken and forgotten is no different', async (t) => {
  const deaf = createServer((socket) => t.after(() => socket.destroy())).listen(0, '127.0.0.1');
  t.after(() => deaf.close());
  await once(deaf, 'listening');
  const address = deaf.address();
  assert.ok(address && typeof address === 'object');
  pointTo(t, `127.0.0.1:${address.port}`);
  const clock: Clock = { ...systemClock, after: (_ms, task) => systemClock.after(20, task) };
  await assert.rejects(readSecret(REFERENCE, { clock, random: () => 0 }), /did not answer in full/);
});

for (const host of ['not a host', '[', 'localhost:99999']) {
  test(`a stand-in at ${JSON.stringify(host)} is refused, not looked for`, async (t) => {
    pointTo(t, host);
    await assert.rejects(read(), /SECRET_MANAGER_EMULATOR_HOST must be host:port\.$/);
  });
}

test('what is no reference is refused without a question', async (t) => {
  const manager = await stand(t);
  for (const text of [
    'projects/p/secrets/s',
    'projects/../secrets/s/versions/1',
    'projects/p/secrets/../versions/1',
    'projects/p/secrets/s/versions/..',
    'projects/-p/secrets/s/versions/1',
    'projects/p/secrets/--s/versions/1',
    'projects/p/secrets/s/versions/-1',
    'projects/p/secrets/s/versions/1/x',
    'projects/p/secrets/s?/versions/1',
  ])
    await assert.rejects(
      readSecret(text),
      /must have the form projects\/P\/secrets\/S\/versions\/V\.$/,
      text,
    );
  assert.deepEqual(manager.requests, []);
});
