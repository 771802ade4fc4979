import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { inspect } from 'node:util';
import { validateToken, type TwitchIdFailure } from '../../../gateway/credentials/twitch-id.ts';
import { freePort } from '../../fakes/ports.ts';
import { refusal } from '../../fakes/twitch-id-replies.ts';
import { startTwitchId, type Answer } from '../../fakes/twitch-id-server.ts';

const twitch = await startTwitchId();
beforeEach(() => {
  process.env['TWURPLE_MOCK_API_PORT'] = String(twitch.port);
});
after(() => twitch[Symbol.asyncDispose]());

async function failureOf(answer: Answer): Promise<TwitchIdFailure> {
  const { accessToken } = twitch.tokens.issue();
  twitch.next('validate', answer);
  const failure = await validateToken(accessToken, AbortSignal.timeout(answer === 'hang' ? 100 : 10_000));
  assert.ok(!failure.ok);
  for (const secret of twitch.tokens.secrets) assert.ok(!inspect(failure).includes(secret));
  return failure;
}

test('validateToken tells whose a token is, what for and how long, and sends it in a header', async () => {
  const { accessToken } = twitch.tokens.issue({ login: 'ann', userId: '7', scopes: ['chat:read'] }, 3600);
  const { expiresIn, ...rest } = { expiresIn: null, ...(await validateToken(accessToken)) };
  assert.deepEqual(rest, { ok: true, login: 'ann', userId: '7', scopes: ['chat:read'] });
  assert.ok(expiresIn !== null && expiresIn > 3500 && expiresIn <= 3600);
  const asked = twitch.asked.at(-1);
  assert.equal(asked?.authorization, `OAuth ${accessToken}`);
  assert.ok(!asked.url.includes(accessToken));
});

test('a login is told in lower case, as channels and settings have it', async () => {
  const { accessToken } = twitch.tokens.issue({ login: 'Ann', userId: '7', scopes: [] });
  const valid = await validateToken(accessToken);
  assert.equal(valid.ok && valid.login, 'ann');
});

test('validateToken takes an expiry of 0 for never, as old tokens have it', async () => {
  const { accessToken } = twitch.tokens.issue(undefined, null);
  const valid = await validateToken(accessToken);
  assert.ok(valid.ok);
  assert.equal(valid.expiresIn, null);
});

test('a validation is refused with 401 when the token has run out or was revoked', async () => {
  const expired = twitch.tokens.issue();
  const revoked = twitch.tokens.issue({ login: 'ann', userId: '8', scopes: [] });
  twitch.tokens.expire(expired);
  twitch.tokens.revoke(revoked);
  const failure = { ok: false, kind: 'refused', status: 401, detail: 'invalid access token' };
  assert.deepEqual(await validateToken(expired.accessToken), failure);
  assert.deepEqual(await validateToken(revoked.accessToken), failure);
});

const failures: readonly [Answer, TwitchIdFailure['kind'], number | null, RegExp][] = [
  [refusal(400, 'missing authorization token'), 'refused', 400, /^missing authorization token$/],
  [{ status: 403, body: '' }, 'refused', 403, /^status 403$/],
  [{ status: 408, body: '' }, 'busy', 408, /^status 408$/],
  [{ status: 429, body: { error: 'Too Many Requests' } }, 'busy', 429, /^Too Many Requests$/],
  [{ status: 500, body: '<html>' }, 'busy', 500, /^status 500$/],
  [{ status: 503, body: refusal(503, 'down').body }, 'busy', 503, /^down$/],
  [{ status: 302, body: '' }, 'busy', 302, /^status 302$/],
  [{ status: 200, body: '<html>a hotel wants you to log in</html>' }, 'busy', 200, /something other/],
  [{ status: 200, body: 'null' }, 'busy', 200, /something other/],
  [{ status: 200, body: { client_id: 'x', login: 'ann', scopes: 7 } }, 'busy', 200, /something other/],
  [{ status: 200, body: { client_id: 'x', scopes: null } }, 'refused', null, /app access token/],
  ['half', 'busy', 200, /./],
  ['reset', 'unreachable', null, /./],
  ['hang', 'unreachable', null, /^no answer in time$/],
];
for (const [answer, kind, status, detail] of failures) {
  test(`a validation answered by ${inspect(answer, { breakLength: Infinity })} is ${kind}`, async () => {
    const failure = await failureOf(answer);
    assert.deepEqual({ ...failure, detail: '' }, { ok: false, kind, status, detail: '' });
    assert.match(failure.detail, detail);
  });
}

test('a failed validation repeats no token that the answer repeats, and no more than a sentence', async () => {
  const { accessToken } = twitch.tokens.issue();
  twitch.next('validate', refusal(400, `no good: ${accessToken} ${'x'.repeat(10_000)}`));
  const failure = await validateToken(accessToken);
  assert.ok(!failure.ok);
  assert.match(failure.detail, /^no good: \[redacted\] x+$/);
  assert.equal(failure.detail.length, 200);
});

test('a validation is unreachable when nobody listens', async () => {
  process.env['TWURPLE_MOCK_API_PORT'] = String(await freePort());
  const failure = await validateToken('some-token');
  assert.deepEqual({ ...failure, detail: '' }, { ok: false, kind: 'unreachable', status: null, detail: '' });
});

test('validateToken does not send what cannot be a token', async () => {
  const count = twitch.count('validate');
  const failure = await validateToken('two\r\nlines');
  assert.deepEqual(failure, { ok: false, kind: 'refused', status: null, detail: 'it cannot be a token' });
  assert.equal(twitch.count('validate'), count);
});
