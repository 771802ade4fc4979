import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { startNatsCluster, type NatsCluster } from '../fakes/nats-cluster.ts';
import { assertExactly, readStream } from '../fakes/stream-audit.ts';

async function publish(cluster: NatsCluster, through: string, msgID: string): Promise<number> {
  const nc = await cluster.server(through).connect();
  const { seq } = await jetstream(nc).publish('a', msgID, { msgID, timeout: 10_000, retries: 20 });
  await nc.close();
  return seq;
}

test('a stream of three replicas outlives its leader and does without any one server', async () => {
  await using cluster = await startNatsCluster(3);
  const nc = await cluster.server('n1').connect();
  const manager = await jetstreamManager(nc, { timeout: 10_000 });
  await manager.streams.add({ name: 'S', subjects: ['a'], num_replicas: 3 });
  await nc.close();

  const first = await cluster.leaderOf('S');
  await cluster.server(first).stop();
  const second = await cluster.leaderOf('S');
  assert.notEqual(second, first);
  assert.equal(await publish(cluster, second, 'one'), 1);
  await cluster.server(first).start();
  assert.equal(await publish(cluster, first, 'two'), 2);

  await cluster.server(first).kill();
  assert.equal(await publish(cluster, second, 'three'), 3);
  await cluster.server(first).start();
  await cluster.server(first).freeze();
  assert.equal(await publish(cluster, second, 'four'), 4);
  cluster.server(first).thaw();
  const reader = await cluster.server(first).connect();
  assertExactly(await readStream(reader, 'S', 'a'), ['one', 'two', 'three', 'four']);
  await reader.close();
});
