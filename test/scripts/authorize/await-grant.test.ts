import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TwitchIdFailure } from '../../../gateway/credentials/twitch-id.ts';
import { awaitGrant } from '../../../scripts/authorize/await-grant.ts';
import type { DeviceCode, Grant, NotYet } from '../../../scripts/authorize/device-code.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const CODE: DeviceCode = {
  ok: true,
  deviceCode: 'device',
  userCode: 'ABCDEFGH',
  verificationUri: 'https://www.twitch.tv/activate',
  expiresIn: 120,
  interval: 5,
};
const GRANT: Grant = {
  ok: true,
  accessToken: 'a',
  refreshToken: 'r',
  scope: ['chat:read'],
  expiresIn: 14_400,
};
const PENDING: NotYet = { ok: false, kind: 'pending' };
const SLOW_DOWN: NotYet = { ok: false, kind: 'slow_down' };
const UNREACHABLE: TwitchIdFailure = { ok: false, kind: 'unreachable', status: null, detail: 'ENOTFOUND' };
const BUSY: TwitchIdFailure = { ok: false, kind: 'busy', status: 503, detail: 'status 503' };

/** Lets time pass until the waiting is over; the last answer is given for ever. */
async function run(answers: readonly (Grant | NotYet | TwitchIdFailure)[], endAtMs = Infinity) {
  const clock = new VirtualClock();
  const ending = new AbortController();
  const askedAt: number[] = [];
  const troubles: string[] = [];
  const ask = async () => {
    askedAt.push(clock.now());
    return answers[Math.min(askedAt.length, answers.length) - 1] ?? PENDING;
  };
  const onTrouble = ({ detail }: TwitchIdFailure) => troubles.push(detail);
  const passing = { isOver: false };
  const waiting = awaitGrant({ code: CODE, ask, clock, signal: ending.signal, onTrouble });
  const result = waiting.finally(() => (passing.isOver = true));
  while (!passing.isOver) {
    if (clock.now() >= endAtMs) ending.abort();
    clock.advance(500);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(clock.pending, 0);
  return { result: await result, askedAt, troubles };
}

test('it asks at the interval that Twitch named until somebody has signed in', async () => {
  const { result, askedAt, troubles } = await run([PENDING, PENDING, GRANT]);
  assert.deepEqual(result, GRANT);
  assert.deepEqual(askedAt, [5000, 10_000, 15_000]);
  assert.deepEqual(troubles, []);
});

test('slow_down makes the interval five seconds longer for good', async () => {
  const { askedAt } = await run([SLOW_DOWN, PENDING, SLOW_DOWN, PENDING, GRANT]);
  assert.deepEqual(askedAt, [5000, 15_000, 25_000, 40_000, 55_000]);
});

test('trouble is outlived at ever longer intervals, and the interval is as before once Twitch answers', async () => {
  const { result, askedAt, troubles } = await run([UNREACHABLE, BUSY, UNREACHABLE, PENDING, GRANT]);
  assert.deepEqual(result, GRANT);
  assert.deepEqual(askedAt, [5000, 15_000, 35_000, 65_000, 70_000]);
  assert.deepEqual(troubles, ['ENOTFOUND', 'status 503', 'ENOTFOUND']);
});

test('a code that nobody used runs out at its time', async () => {
  const { result, askedAt } = await run([PENDING]);
  assert.deepEqual(result, { ok: false, kind: 'expired' });
  assert.equal(askedAt.at(-1), 115_000);
});

test('a code runs out at its time when Twitch cannot be reached, too', async () => {
  assert.deepEqual((await run([UNREACHABLE])).result, { ok: false, kind: 'expired' });
});

test('a refusal ends the waiting at once', async () => {
  const refused = { ok: false, kind: 'refused', status: 400, detail: 'invalid device code' } as const;
  const { result, askedAt } = await run([PENDING, refused]);
  assert.deepEqual(result, { ok: false, kind: 'refused', detail: 'invalid device code' });
  assert.deepEqual(askedAt, [5000, 10_000]);
});

test('the signal ends the waiting, and asks nothing more', async () => {
  const { result, askedAt } = await run([PENDING], 12_000);
  assert.deepEqual(result, { ok: false, kind: 'ended' });
  assert.deepEqual(askedAt, [5000, 10_000]);
});
