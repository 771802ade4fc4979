import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScrubber } from '../../../gateway/secrets/scrubber.ts';

const SECRET = 'c4n4ry"/+&= \\ünï';

test('a known secret is blotted out plain, in JSON, in JSON within JSON, in URLs and in forms', () => {
  const { scrub } = createScrubber([SECRET]);
  const inJson = JSON.stringify({ a: SECRET });
  const disguised = [
    SECRET,
    inJson,
    JSON.stringify(inJson),
    `https://id.twitch.tv/?x=${encodeURIComponent(SECRET)}&y=1`,
    `https://id.twitch.tv/?x=${encodeURIComponent(SECRET).toLowerCase()}&y=1`,
    new URLSearchParams({ x: SECRET }).toString(),
  ];
  for (const text of disguised) {
    const scrubbed = scrub(`before ${text} after`);
    assert.match(scrubbed, /^before .*\[redacted\].* after$/);
    assert.doesNotMatch(scrubbed, /c4n4ry/);
  }
});

test('a known secret is blotted out of base64, wherever in it the secret begins', () => {
  const secret = 'canary-0123456789';
  const { scrub } = createScrubber([secret]);
  for (const encoding of ['base64', 'base64url'] as const) {
    for (const before of ['', 'a', 'ab', 'abc', 'user:']) {
      const text = Buffer.from(`${before}${secret} and more`).toString(encoding);
      const left = scrub(text);
      assert.match(left, /\[redacted\]/);
      const decoded = left.split('[redacted]').map((part) => Buffer.from(part, encoding).toString('latin1'));
      assert.ok(!decoded.join('').includes('canary'), `${before}: ${left}`);
      assert.ok(left.length - '[redacted]'.length <= text.length - 21, left);
    }
  }
});

test('what looks like a secret is blotted out by what stands before it', () => {
  const { scrub } = createScrubber([]);
  const texts = [
    'PASS oauth:canary123',
    'POST /oauth2/token?client_id=x&client_secret=canary123&grant_type=refresh_token',
    'refresh_token=canary123',
    '{"access_token":"canary123","expires_in":1}',
    '{\\"refreshToken\\": \\"canary123\\"}',
    'Authorization: Bearer canary123',
    'nats://user:canary123@127.0.0.1:4222',
  ];
  for (const text of texts) {
    assert.match(scrub(text), /\[redacted\]/);
    assert.doesNotMatch(scrub(text), /canary/, text);
  }
});

test('ordinary sentences stay as they are', () => {
  const { scrub } = createScrubber(['', 'short']);
  const texts = [
    'the access_token is not valid',
    'PUBLISH_TIMEOUT_MS is "short"',
    'wss://irc-ws.chat.twitch.tv:443',
    'Basic auth failed',
  ];
  for (const text of texts) assert.equal(scrub(text), text);
});

test('members that are secret by name are blotted out, and nothing but texts is changed', () => {
  const { scrubAll } = createScrubber(['canary-1']);
  const record = {
    accessToken: 'x',
    refresh_token: null,
    nested: [{ clientSecret: ['y'], 'canary-1': 1 }],
    port: 80,
  };
  assert.deepEqual(scrubAll(record), {
    accessToken: '[redacted]',
    refresh_token: null,
    nested: [{ clientSecret: ['[redacted]'], '[redacted]': 1 }],
    port: 80,
  });
});

test('a secret learnt later, such as a refreshed token, is blotted out from then on', () => {
  const { scrub, learn } = createScrubber([]);
  assert.equal(scrub('canary-1'), 'canary-1');
  learn('canary-1');
  assert.equal(scrub('canary-1'), '[redacted]');
});

test('of tokens that follow each other for ever the newest are kept, and every other secret', () => {
  const { scrub, learn, learnToken } = createScrubber(['given-1']);
  learn('learned-1');
  for (let number = 0; number < 200; number++) {
    learnToken('again-and-again');
    learnToken(`token-${number}-end`);
  }
  assert.equal(scrub('given-1 learned-1 again-and-again'), '[redacted] [redacted] [redacted]');
  assert.equal(scrub('token-199-end token-150-end'), '[redacted] [redacted]');
  assert.equal(scrub('token-3-end'), 'token-3-end');
});

test('of two secrets of which one begins with the other, nothing is left', () => {
  const { scrub } = createScrubber(['canary', 'canary-and-more']);
  assert.equal(scrub('canary-and-more canary'), '[redacted] [redacted]');
});

test('no text around a secret brings it back', () => {
  const secret = fc.string({ minLength: 6, maxLength: 40 }).filter((text) => !'[redacted]'.includes(text));
  fc.assert(
    fc.property(
      secret,
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary' }),
      (canary, before, after) => {
        const { scrub } = createScrubber([canary]);
        assert.ok(!scrub(`${before}${canary}${after}`).replaceAll('[redacted]', '\0').includes(canary));
      },
    ),
  );
});
