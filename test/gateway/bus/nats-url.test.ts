import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNatsUrls, secretsInNatsUrls, type NatsAddress } from '../../../gateway/bus/nats-url.ts';

const NOBODY = { user: undefined, pass: undefined, token: undefined };

const GOOD: readonly [string, Partial<NatsAddress>][] = [
  ['nats://bus', { servers: ['bus:4222'] }],
  ['NATS://Bus-1.example.:5000', { servers: ['Bus-1.example.:5000'] }],
  ['nats://10.0.0.1:1', { servers: ['10.0.0.1:1'] }],
  ['nats://[::1]', { servers: ['[::1]:4222'] }],
  ['nats://[2001:db8::7]:65535', { servers: ['[2001:db8::7]:65535'] }],
  ['tls://bus', { servers: ['bus:4222'], tls: true }],
  ['nats://a:1,nats://b , nats://c:3', { servers: ['a:1', 'b:4222', 'c:3'] }],
  ['nats://me:secret@bus', { servers: ['bus:4222'], user: 'me', pass: 'secret' }],
  ['nats://me:@bus', { servers: ['bus:4222'], user: 'me', pass: '' }],
  ['nats://me:a:b@bus', { servers: ['bus:4222'], user: 'me', pass: 'a:b' }],
  ['nats://m%40e:%2F%3A%2C%25@bus', { servers: ['bus:4222'], user: 'm@e', pass: '/:,%' }],
  ['nats://s3cr3t@bus', { servers: ['bus:4222'], token: 's3cr3t' }],
  ['nats://u:p@a,nats://u:p@b', { servers: ['a:4222', 'b:4222'], user: 'u', pass: 'p' }],
  ['nats://u:p@a,nats://b', { servers: ['a:4222', 'b:4222'], user: 'u', pass: 'p' }],
];

for (const [text, expected] of GOOD) {
  test(`${text} is understood`, () => {
    const address = { tls: false, ...NOBODY, ...expected };
    assert.deepEqual(parseNatsUrls(text), { ok: true, address });
  });
}

const BAD: readonly [string, RegExp][] = [
  ['', /empty/],
  ['nats://a,', /empty/],
  [',nats://a', /empty/],
  ['bus', /begins with nats:\/\/ or tls:\/\//],
  ['bus:4222', /begins with/],
  ['ws://bus', /begins with/],
  ['http://bus', /begins with/],
  ['nats:/bus', /begins with/],
  ['nats://', /host and port/],
  ['nats://bus/', /without path/],
  ['nats://bus/x', /without path/],
  ['nats://bus?tls=1', /without path or query/],
  ['nats://bus#x', /without path/],
  ['nats://::1', /host and port/],
  ['nats://a b', /host and port/],
  ['nats://bus\nx', /host and port/],
  ['nats://bus:0', /1 to 65535/],
  ['nats://bus:65536', /1 to 65535/],
  ['nats://bus:', /host and port/],
  ['nats://bus:x', /host and port/],
  ['nats://u:p@ss@bus', /%40/],
  ['nats://u:p/q@bus', /%2F/],
  ['nats://u:p,q@bus', /%2C|begins with/],
  ['nats://@bus', /host and port/],
  ['nats://:p@bus', /user before the colon is empty/],
  ['nats://u:%zz@bus', /%25/],
  ['nats://a,tls://b', /mixed/],
  ['nats://u:p@a,nats://u:q@b', /different/],
  ['nats://u:p@a,nats://token@b', /different/],
];

for (const [text, problem] of BAD) {
  test(`${JSON.stringify(text)} is refused, with what is wrong with it`, () => {
    const reading = parseNatsUrls(text);
    assert.ok(!reading.ok);
    assert.match(reading.problem, problem);
  });
}

test('no refusal repeats a credential', () => {
  for (const text of ['nats://canary:canary@a/', 'nats://canary@a:0', 'nats://c%zcanary@a', 'canary@a']) {
    const reading = parseNatsUrls(text);
    assert.ok(!reading.ok);
    assert.doesNotMatch(reading.problem, /canary/);
  }
});

test('the secrets of an address are found as they stand there and decoded, whether or not it is one', () => {
  assert.deepEqual(secretsInNatsUrls('nats://a,tls://b:1'), []);
  assert.deepEqual(secretsInNatsUrls('nats://me:p%40ss@a'), ['me:p%40ss', 'p%40ss', 'p@ss']);
  assert.deepEqual(secretsInNatsUrls('nats://t0ken@a,nats://b'), ['t0ken', 't0ken', 't0ken']);
  assert.deepEqual(secretsInNatsUrls('me:p@ss@a'), ['me:p@ss', 'p@ss', 'p@ss']);
  assert.deepEqual(secretsInNatsUrls('nats://me:%zz@a'), ['me:%zz', '%zz']);
});
