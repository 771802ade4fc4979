import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDataDir } from '../../gateway/store/data-dir.ts';
import { startNatsServer } from '../fakes/nats-server.ts';
import { recordedDemo } from '../fakes/recorded-demo.ts';
import { readStream } from '../fakes/stream-audit.ts';
import { tempDir } from '../gateway/store/temp-dir.ts';
import { run } from '../scripts/jobs/replay-process.ts';

test('a recording replayed twice beside a gateway stores every envelope once, byte for byte as received', async (t) => {
  await using server = await startNatsServer();
  const directory = tempDir(t);
  const { expected } = await recordedDemo(join(directory, 'recordings'));
  const ofTheGateway = openDataDir(join(directory, 'data'));
  t.after(() => ofTheGateway.release());
  const env = { DATA_DIR: ofTheGateway.path, MESSAGE_BUS_DRIVER: 'nats', NATS_URL: server.url };
  const args = ['--fast', join(directory, 'recordings')];
  const first = await run(t, args, env);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, new RegExp(`published ${expected.length} .* queued 0 `));
  const second = await run(t, args, env);
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stdout, /received (\d+) \+ recovered 0 = published 0 \+ duplicates \1 /);
  const nc = await server.connect();
  const stored = await readStream(nc, 'INGRESS', 'internal.ingress.v1');
  assert.deepEqual(
    stored.map(({ body }) => body.toString()),
    expected,
  );
  await nc.close();
});

test('a bus that comes late gets everything, and a queue smaller than the recording drops nothing', async (t) => {
  const server = await startNatsServer();
  t.after(() => server[Symbol.asyncDispose]());
  await server.kill();
  const directory = tempDir(t);
  const { expected } = await recordedDemo(join(directory, 'recordings'));
  const env = {
    DATA_DIR: join(directory, 'data'),
    MESSAGE_BUS_DRIVER: 'nats',
    NATS_URL: server.url,
    QUEUE_MAX_BYTES: '20000',
  };
  const running = run(t, ['--fast', join(directory, 'recordings')], env);
  await server.start();
  const { code, stdout } = await running;
  assert.match(
    stdout,
    new RegExp(`published ${expected.length} .* queued 0 \\+ deadLettered 0 \\+ dropped 0`),
  );
  assert.equal(code, 0);
});
