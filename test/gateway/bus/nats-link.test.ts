import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { LinkError, NO_ANSWERS, openNatsLink } from '../../../gateway/bus/nats-link.ts';
import { NATS_TIMINGS } from '../../../gateway/bus/nats-options.ts';
import { parseNatsUrls } from '../../../gateway/bus/nats-url.ts';

test('an attempt that was given up before it began asks nobody', async (t) => {
  const server = createServer();
  t.after(() => server.close());
  let asked = 0;
  server.on('connection', () => asked++);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const reading = parseNatsUrls(`nats://127.0.0.1:${(server.address() as AddressInfo).port}`);
  assert.ok(reading.ok);
  const servers = { address: reading.address, credsFile: undefined };
  await assert.rejects(openNatsLink(servers, NATS_TIMINGS, NO_ANSWERS, AbortSignal.abort()), LinkError);
  assert.equal(asked, 0);
});
