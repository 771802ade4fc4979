import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { systemClock } from '../../../gateway/clock.ts';
import { refreshToken, type RefreshOutcome } from '../../../gateway/credentials/token-refresher.ts';
import type { Token } from '../../../gateway/tokens/token.ts';
import { freePort } from '../../fakes/ports.ts';
import { refusal } from '../../fakes/twitch-id-replies.ts';
import { startTwitchId, type Answer, type TwitchIdServer } from '../../fakes/twitch-id-server.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const SECRET = 'client-canary-1';

async function refreshAt(id: TwitchIdServer, clientSecret = SECRET): Promise<[Token, RefreshOutcome]> {
  const { accessToken, refreshToken: forRefresh } = id.tokens.issue();
  const token = {
    accessToken,
    refreshToken: forRefresh,
    scope: ['chat:read'],
    expiresIn: 1,
    obtainmentTimestamp: 0,
    userId: '7',
  };
  process.env['TWURPLE_MOCK_API_PORT'] = String(id.port);
  return [token, await refreshToken({ clientId: 'my_app', clientSecret }, token, systemClock)];
}

test('a refresh gives the next token, of the same account', async () => {
  await using id = await startTwitchId();
  const [, outcome] = await refreshAt(id);
  assert.ok(outcome.ok);
  const { obtainmentTimestamp, ...token } = outcome.token;
  const issued = id.tokens.all[1];
  assert.deepEqual(token, {
    accessToken: issued?.accessToken,
    refreshToken: issued?.refreshToken,
    scope: ['chat:read'],
    expiresIn: 14_400,
    userId: '7',
  });
  assert.ok(Math.abs(obtainmentTimestamp - Date.now()) < 60_000);
  assert.deepEqual(
    id.asked.map(({ endpoint, form }) => [endpoint, form['client_id'], form['client_secret']]),
    [['token', 'my_app', SECRET]],
  );
});

test('a public app sends no secret', async () => {
  await using id = await startTwitchId();
  const [, { ok }] = await refreshAt(id, '');
  assert.ok(ok);
  assert.ok(!('client_secret' in (id.asked[0]?.form ?? {})));
});

test('what an answer leaves out stays as it was', async () => {
  await using id = await startTwitchId();
  id.next('token', { status: 200, body: { access_token: 'next', token_type: 'bearer' } });
  const [token, outcome] = await refreshAt(id);
  assert.ok(outcome.ok);
  assert.deepEqual(
    { ...outcome.token, obtainmentTimestamp: 0 },
    { ...token, accessToken: 'next', expiresIn: null },
  );
});

test('a life of 0, as of old tokens, is one that nobody knows the end of', async () => {
  await using id = await startTwitchId();
  id.next('token', {
    status: 200,
    body: { access_token: 'next', expires_in: 0, scope: 'chat:read chat:edit' },
  });
  const [, outcome] = await refreshAt(id);
  assert.ok(outcome.ok);
  assert.equal(outcome.token.expiresIn, null);
  assert.deepEqual(outcome.token.scope, ['chat:read', 'chat:edit']);
});

const FAILURES: readonly (readonly [string, Answer, RefreshOutcome])[] = [
  ['400', refusal(400, 'Invalid refresh token'), { ok: false, kind: 'refused', status: 400 }],
  ['401', refusal(401, 'Unauthorized'), { ok: false, kind: 'refused', status: 401 }],
  ['403', refusal(403, 'invalid client secret'), { ok: false, kind: 'refused', status: 403 }],
  ['404', refusal(404, 'a proxy'), { ok: false, kind: 'busy', status: 404 }],
  ['429', refusal(429, 'slowly'), { ok: false, kind: 'busy', status: 429 }],
  ['500', refusal(500, 'oops'), { ok: false, kind: 'busy', status: 500 }],
  [
    '503 whose body is not the JSON that it claims to be',
    { status: 503, body: '<html>' },
    { ok: false, kind: 'busy', status: null },
  ],
  ['half a body', 'half', { ok: false, kind: 'unreachable', status: null }],
  [
    'half of a JSON text',
    { status: 200, body: '{"access_token":"x' },
    { ok: false, kind: 'busy', status: null },
  ],
  [
    'a token with a line of IRC in it',
    { status: 200, body: { access_token: 'next\r\nJOIN #evil' } },
    { ok: false, kind: 'busy', status: null },
  ],
  [
    'a life beyond all dates',
    { status: 200, body: { access_token: 'next', expires_in: 1e300 } },
    { ok: false, kind: 'busy', status: null },
  ],
  [
    'a body that could fill the memory',
    { status: 200, body: { access_token: 'next', more: 'x'.repeat(2 ** 20) } },
    { ok: false, kind: 'unreachable', status: null },
  ],
  ['no token at all', { status: 200, body: {} }, { ok: false, kind: 'busy', status: null }],
  ['nothing', { status: 200, body: '' }, { ok: false, kind: 'unreachable', status: null }],
  ['null', { status: 200, body: 'null' }, { ok: false, kind: 'unreachable', status: null }],
  ['a reset', 'reset', { ok: false, kind: 'unreachable', status: null }],
  ['silence', 'hang', { ok: false, kind: 'unreachable', status: null }],
];

for (const [what, answer, expected] of FAILURES) {
  test(`${what} is ${inspect(expected)}, nothing more, and does not spoil the next attempt`, async () => {
    await using id = await startTwitchId();
    id.next('token', answer);
    assert.deepEqual((await refreshAt(id))[1], expected);
    assert.equal((await refreshAt(id))[1].ok, true);
  });
}

test('nobody there is unreachable', async () => {
  process.env['TWURPLE_MOCK_API_PORT'] = String(await freePort());
  const token = {
    accessToken: 'a',
    refreshToken: 'r',
    scope: [],
    expiresIn: 1,
    obtainmentTimestamp: 0,
    userId: '',
  };
  const outcome = await refreshToken({ clientId: 'my_app', clientSecret: '' }, token, systemClock);
  assert.deepEqual(outcome, { ok: false, kind: 'unreachable', status: null });
});

test('whatever hangs, an attempt is over after half a minute', async () => {
  await using id = await startTwitchId();
  id.script.token = 'hang';
  process.env['TWURPLE_MOCK_API_PORT'] = String(id.port);
  const clock = new VirtualClock();
  const { accessToken, refreshToken: forRefresh } = id.tokens.issue();
  const token = {
    accessToken,
    refreshToken: forRefresh,
    scope: [],
    expiresIn: 1,
    obtainmentTimestamp: 0,
    userId: '',
  };
  const outcome = refreshToken({ clientId: 'my_app', clientSecret: '' }, token, clock);
  await id.askedTimes('token', 1);
  clock.advance(30_000);
  assert.deepEqual(await outcome, { ok: false, kind: 'unreachable', status: null });
  assert.equal(clock.pending, 0);
});
