import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Status } from '../../../gateway/status.ts';
import { WELL, channel } from './sample-status.ts';
import { serve } from './test-server.ts';

const PATHS = [
  '/livez',
  '/readyz',
  '/healthz',
  '/health/live',
  '/health/ready',
  '/health',
  '/health/startup',
  '/_debug/twitch',
  '/metrics',
];
const GUARDED = ['/_debug/twitch', '/metrics'];
const UNKNOWN = [
  '/',
  '/livez/',
  '/LIVEZ',
  '/favicon.ico',
  '/__proto__',
  '/constructor',
  '/_debug/',
  '/health/',
];
const TOKEN = 'correct horse';

const joining = channel('beta', { state: 'joining', settled: false });
const STATES: [state: string, Status, expected: { ready: number; startup: number }][] = [
  ['well', WELL, { ready: 200, startup: 200 }],
  ['stopping', { ...WELL, stopping: true }, { ready: 503, startup: 200 }],
  ['without the bus', { ...WELL, bus: { ...WELL.bus, state: 'down' } }, { ready: 503, startup: 200 }],
  [
    'without chat',
    { ...WELL, chat: { ...WELL.chat, connections: { needed: 1, registered: 0 } } },
    { ready: 503, startup: 200 },
  ],
  ['joining', { ...WELL, chat: { ...WELL.chat, channels: [joining] } }, { ready: 503, startup: 503 }],
  ['dropping', { ...WELL, queue: { ...WELL.queue, lastDropAgeMs: 1 } }, { ready: 503, startup: 200 }],
  [
    'degraded',
    { ...WELL, degraded: [{ code: 'anonymous', sentence: 'no token' }] },
    { ready: 200, startup: 200 },
  ],
];

suite('every path', () => {
  for (const [state, status, expected] of STATES) {
    test(`answers with the right status code when the gateway is ${state}`, async (t) => {
      const { url } = await serve(t, { readStatus: () => status });
      const codes = await Promise.all(PATHS.map(async (path) => (await fetch(url(path))).status));
      const { ready, startup } = expected;
      assert.deepEqual(codes, [200, ready, 200, 200, ready, 200, startup, 200, 200]);
    });
  }

  test('tolerates a query', async (t) => {
    const { url } = await serve(t);
    for (const path of PATHS) assert.equal((await fetch(url(`${path}?x=1&y=/?`))).status, 200, path);
  });

  for (const path of UNKNOWN) {
    test(`${path} is unknown: a 404 in JSON that names the known ones`, async (t) => {
      const { url } = await serve(t);
      const response = await fetch(url(path));
      assert.equal(response.status, 404);
      const { error, paths } = (await response.json()) as { error: string; paths: string[] };
      assert.equal(error, 'no such path');
      assert.deepEqual(paths.toSorted(), PATHS.toSorted());
    });
  }

  test('is never cached and never sniffed', async (t) => {
    const { url } = await serve(t);
    for (const path of [...PATHS, '/nowhere']) {
      const { headers } = await fetch(url(path));
      assert.equal(headers.get('cache-control'), 'no-store', path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
    }
  });
});

suite('a path', () => {
  test('answers the same under both its names', async (t) => {
    const { url } = await serve(t);
    const body = async (path: string) => (await fetch(url(path))).text();
    assert.equal(await body('/health/live'), await body('/livez'));
    assert.equal(await body('/health/ready'), await body('/readyz'));
    assert.equal(await body('/health'), await body('/healthz'));
  });

  test('carries JSON of the promised shape', async (t) => {
    const { url } = await serve(t);
    const body = async (path: string) => (await (await fetch(url(path))).json()) as Record<string, unknown>;
    const ready = await body('/readyz');
    assert.equal(ready['status'], 'ready');
    assert.deepEqual(Object.keys(ready['checks'] as object), ['chat', 'channels', 'bus', 'queue']);
    const health = await body('/healthz');
    assert.equal(health['status'], 'ok');
    assert.deepEqual(health['degraded'], []);
    const debug = await body('/_debug/twitch');
    assert.equal(debug['state'], 'connected');
    assert.deepEqual(debug['joinedChannels'], ['alpha', 'beta']);
  });

  test('passes the metrics on as they come', async (t) => {
    const { url } = await serve(t);
    const response = await fetch(url('/metrics'));
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.equal(await response.text(), 'up 1\n');
  });

  test('says that the start is over once 60 s have passed since the server started', async (t) => {
    const { url, clock } = await serve(t, {
      readStatus: () => ({ ...WELL, chat: { ...WELL.chat, channels: [joining] } }),
    });
    clock.advance(59_999);
    assert.equal((await fetch(url('/health/startup'))).status, 503);
    clock.advance(1);
    assert.equal((await fetch(url('/health/startup'))).status, 200);
  });

  test('reads the status anew for every request', async (t) => {
    let status = WELL;
    const { url } = await serve(t, { readStatus: () => status });
    assert.equal((await fetch(url('/readyz'))).status, 200);
    status = { ...WELL, stopping: true };
    assert.equal((await fetch(url('/readyz'))).status, 503);
  });
});

suite('a page for browsers', () => {
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

  test('comes from the debug path when HTML is asked for, with its policy', async (t) => {
    const { url } = await serve(t);
    const response = await fetch(url('/_debug/twitch'), { headers: { accept: browser } });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(response.headers.get('content-security-policy') ?? '', /^default-src 'none';/);
    assert.match(await response.text(), /^<!doctype html>/);
  });

  for (const accept of ['application/json', '*/*', 'text/plain']) {
    test(`gives way to JSON for Accept: ${accept}`, async (t) => {
      const { url } = await serve(t);
      const response = await fetch(url('/_debug/twitch'), { headers: { accept } });
      assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
      assert.equal(response.headers.get('vary'), 'accept');
    });
  }

  test('comes without a token too, as a 401 without data, so that it can ask for one', async (t) => {
    const { url } = await serve(t, { debugToken: TOKEN });
    const response = await fetch(url('/_debug/twitch'), { headers: { accept: browser } });
    assert.equal(response.status, 401);
    assert.equal(response.headers.get('www-authenticate'), 'Bearer');
    const page = await response.text();
    assert.match(page, /^<!doctype html>/);
    assert.doesNotMatch(page, /bridge-1|the_bot|alpha/);
  });

  test('is nowhere else', async (t) => {
    const { url } = await serve(t);
    const response = await fetch(url('/healthz'), { headers: { accept: browser } });
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
  });
});

suite('a DEBUG_TOKEN', () => {
  const REFUSED: [what: string, authorization: string | undefined][] = [
    ['no header', undefined],
    ['the bare token', TOKEN],
    ['another scheme', `Basic ${TOKEN}`],
    ['an empty token', 'Bearer '],
    ['a wrong token', 'Bearer wrong'],
    ['a prefix of the token', 'Bearer correct'],
    ['more than the token', `Bearer ${TOKEN}s`],
  ];
  for (const [what, authorization] of REFUSED) {
    test(`is not satisfied by ${what}`, async (t) => {
      const { url } = await serve(t, { debugToken: TOKEN });
      const headers = authorization === undefined ? {} : { authorization };
      for (const path of [...GUARDED, '/_debug/other']) {
        const response = await fetch(url(path), { headers });
        assert.equal(response.status, 401, path);
        assert.equal(response.headers.get('www-authenticate'), 'Bearer', path);
        assert.deepEqual(await response.json(), { error: 'send Authorization: Bearer <DEBUG_TOKEN>' });
      }
    });
  }

  for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
    test(`opens the guarded paths with the scheme ${scheme}`, async (t) => {
      const { url } = await serve(t, { debugToken: TOKEN });
      for (const path of GUARDED) {
        const response = await fetch(url(path), { headers: { authorization: `${scheme} ${TOKEN}` } });
        assert.equal(response.status, 200, path);
      }
    });
  }

  test('may hold any characters, sent as UTF-8', async (t) => {
    const { url } = await serve(t, { debugToken: 'pässwörd ✓' });
    const authorization = `Bearer ${Buffer.from('pässwörd ✓').toString('latin1')}`;
    assert.equal((await fetch(url('/metrics'), { headers: { authorization } })).status, 200);
  });

  test('is not asked for by the probes', async (t) => {
    const { url } = await serve(t, { debugToken: TOKEN });
    for (const path of PATHS.filter((name) => !GUARDED.includes(name))) {
      assert.equal((await fetch(url(path))).status, 200, path);
    }
  });
});
