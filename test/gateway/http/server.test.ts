import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { suite, test } from 'node:test';
import { PortError } from '../../../gateway/http/server.ts';
import { exchange, serve } from './test-server.ts';

const head = (requestLine: string, ...fields: string[]) =>
  [`${requestLine} HTTP/1.1`, 'Host: x', 'Connection: close', ...fields, '', ''].join('\r\n');

const withoutDate = (text: string) => text.replace(/^date:.*\r\n/im, '');

suite('methods', () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
    for (const path of ['/livez', '/_debug/twitch', '/nowhere']) {
      test(`${method} ${path} is not allowed, and what is allowed is named`, async (t) => {
        const { port } = await serve(t, { debugToken: 'secret' });
        const answer = await exchange(port, head(`${method} ${path}`));
        assert.match(answer, /^HTTP\/1\.1 405 /);
        assert.match(answer, /\r\nallow: GET, HEAD\r\n/i);
        assert.match(answer, /\r\n\r\n\{\n {2}"error": "only GET and HEAD are answered"\n\}\n$/);
      });
    }
  }

  test('CONNECT is not allowed either', async (t) => {
    const { port } = await serve(t);
    const answer = await exchange(port, head('CONNECT example.org:443'));
    assert.match(answer, /^HTTP\/1\.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\n/);
  });

  for (const path of ['/livez', '/readyz', '/healthz', '/_debug/twitch', '/metrics', '/nowhere']) {
    test(`HEAD ${path} has the head of GET and no body`, async (t) => {
      const { port } = await serve(t);
      const [headOfGet] = (await exchange(port, head(`GET ${path}`))).split('\r\n\r\n');
      const answer = await exchange(port, head(`HEAD ${path}`));
      assert.equal(withoutDate(answer), `${withoutDate(headOfGet ?? '')}\r\n\r\n`);
    });
  }
});

suite('odd requests', () => {
  const ODD: [what: string, request: string, status: number][] = [
    ['an undecodable path', head('GET /%zz%'), 404],
    ['a path of slashes', head('GET //livez//'), 404],
    ['an empty query alone', head('GET ?'), 400],
    ['a relative path', head('GET livez'), 400],
    ['a whole URL, as proxies send it', head('GET http://example.org/livez?x'), 200],
    ['a whole URL without a path', head('GET http://example.org'), 404],
    ['a path that climbs', head('GET /../../etc/passwd'), 404],
    ['a very long path', head(`GET /${'a'.repeat(10_000)}`), 404],
    ['a head beyond 16 KiB', head('GET /livez', `X: ${'a'.repeat(17_000)}`), 431],
    ['an unknown method', head('BREW /livez'), 400],
    ['no HTTP at all', '\u0016\u0003\u0001\u0002\u0000\r\n\r\n', 400],
    [
      'a request to upgrade, which is answered as if it were none',
      head('GET /livez', 'Upgrade: websocket'),
      200,
    ],
    ['a body that nobody wants', `${head('GET /livez', 'Content-Length: 5')}hello`, 200],
  ];
  for (const [what, request, status] of ODD) {
    test(`${what} is ${status} and costs nothing else`, async (t) => {
      const { port, url, errors } = await serve(t);
      assert.match(await exchange(port, request), new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.equal((await fetch(url('/livez'))).status, 200);
      assert.deepEqual(errors, []);
    });
  }

  test('a head that never ends is given up, and others are answered meanwhile', async (t) => {
    const { port, url } = await serve(t, { requestTimeoutMs: 1_000 });
    const slow = exchange(port, 'GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    assert.equal((await fetch(url('/livez'))).status, 200);
    assert.match(await slow, /^HTTP\/1\.1 408 /);
  });
});

suite('a source that fails', () => {
  const failure = new Error('detail that nobody outside may see');
  const thrower = () => {
    throw failure;
  };

  for (const path of ['/readyz', '/healthz', '/health/startup', '/_debug/twitch']) {
    test(`makes ${path} a bare 500 and is reported`, async (t) => {
      const { url, errors } = await serve(t, { readStatus: thrower });
      const response = await fetch(url(path));
      assert.equal(response.status, 500);
      assert.deepEqual(await response.json(), { error: 'internal error' });
      assert.deepEqual(errors, [failure]);
    });
  }

  test('makes the metrics a bare 500 and is reported', async (t) => {
    const { url, errors } = await serve(t, { readMetrics: () => Promise.reject(failure) });
    const response = await fetch(url('/metrics'));
    assert.equal(response.status, 500);
    assert.deepEqual(await response.json(), { error: 'internal error' });
    assert.deepEqual(errors, [failure]);
  });

  test('does not touch liveness', async (t) => {
    const { url } = await serve(t, { readStatus: thrower, readMetrics: thrower });
    assert.equal((await fetch(url('/livez'))).status, 200);
  });
});

suite('listening', () => {
  test('covers every loopback address of the machine', async (t) => {
    const { port } = await serve(t);
    const loopback = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const addresses = loopback.filter(({ internal }) => internal);
    assert.ok(addresses.length > 0);
    for (const { address, family } of addresses) {
      const host = family === 'IPv6' ? `[${address}]` : address;
      assert.equal((await fetch(`http://${host}:${port}/livez`)).status, 200, host);
    }
  });

  test('on a taken port names PORT and the cure', async (t) => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    t.after(() => other.close());
    const { port } = other.address() as AddressInfo;
    await assert.rejects(serve(t, { port }), (error: unknown) => {
      assert.ok(error instanceof PortError);
      assert.equal(
        error.message,
        `PORT: ${port} is in use; stop what is listening there, or choose another (0: any free one)`,
      );
      return true;
    });
  });
});

suite('closing', () => {
  test('ends an idle keep-alive connection at once and refuses new ones', async (t) => {
    const { url, close, clock } = await serve(t);
    const agent = new Agent({ keepAlive: true });
    t.after(() => agent.destroy());
    const [response] = await once(get(url('/livez'), { agent }), 'response');
    response.resume();
    const hungUp = once(response.socket, 'close');
    await once(response, 'end');
    await close();
    await hungUp;
    assert.equal(clock.pending, 0);
    await assert.rejects(fetch(url('/livez')));
  });

  // The limit is below the 30 s after which an idle socket would end by itself.
  test('waits for an answer on its way, but no longer than 500 ms', { timeout: 20_000 }, async (t) => {
    const asked = Promise.withResolvers<void>();
    const { port, close, clock } = await serve(t, {
      readMetrics: () => {
        asked.resolve();
        return new Promise(() => {});
      },
    });
    const answer = exchange(port, head('GET /metrics'));
    await asked.promise;
    let closed = false;
    const closing = close().then(() => (closed = true));
    clock.advance(499);
    await setImmediate();
    assert.equal(closed, false);
    clock.advance(1);
    await closing;
    assert.equal(await answer, '');
  });

  test('lets an answer on its way go out', async (t) => {
    const metrics = Promise.withResolvers<{ contentType: string; body: string }>();
    const asked = Promise.withResolvers<void>();
    const { url, close, clock } = await serve(t, {
      readMetrics: () => {
        asked.resolve();
        return metrics.promise;
      },
    });
    const response = fetch(url('/metrics'), { headers: { connection: 'close' } });
    await asked.promise;
    const closing = close();
    metrics.resolve({ contentType: 'text/plain', body: 'late' });
    assert.equal(await (await response).text(), 'late');
    clock.advance(500);
    await closing;
  });

  test('twice is once', async (t) => {
    const { close } = await serve(t);
    await Promise.all([close(), close()]);
  });
});
