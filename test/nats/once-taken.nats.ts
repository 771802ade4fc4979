import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { jetstreamManager } from '@nats-io/jetstream';
import { systemClock } from '../../gateway/clock.ts';
import { readNats } from '../../gateway/bus/nats-reader.ts';
import { natsAddress } from '../../gateway/bus/nats-url.ts';
import { toDeadLetter } from '../../gateway/publish/dead-letter.ts';
import { DEAD_LETTERS, rejectionOf } from '../gateway/publish/dead-letter-harness.ts';
import { INGRESS, RedriveWorld, STREAM } from './redrive-world.ts';

const whole = (id: string) => toDeadLetter(rejectionOf(id), DEAD_LETTERS, 0);
const WHY =
  'the stream INGRESS holds messages on internal.deadletter.v1 (2), which it takes no more: add that subject to it to read them';

/** With letters in a stream that took them once. */
async function startWorld(t: TestContext): Promise<RedriveWorld> {
  const world = await RedriveWorld.start(t, [whole('a'), whole('b')]);
  await take(world, [INGRESS]);
  return world;
}

async function take(world: RedriveWorld, subjects: string[]): Promise<void> {
  const manager = await jetstreamManager(world.nc);
  await manager.streams.update(STREAM, { subjects });
}

test('letters on a subject that the stream takes no more are told, with the cure, and the local ones redriven', async (t) => {
  await using world = await startWorld(t);
  world.keep([whole('c')]);
  const dry = await world.redrive('--dry-run');
  assert.deepEqual(dry, { code: 1, stdout: 'would redrive 1, skip 0, leave 2\n', stderr: `${WHY}\n` });
  const done = await world.redrive();
  assert.deepEqual(done, { code: 1, stdout: 'redriven 1, skipped 0, left 2\n', stderr: `${WHY}\n` });
  assert.deepEqual(await world.ids(), ['tw:c']);
  await take(world, [INGRESS, DEAD_LETTERS]);
  assert.equal((await world.redrive()).stdout, 'redriven 2, skipped 0, left 0\n');
});

test('whoever reads such a subject is told the same', async (t) => {
  await using world = await startWorld(t);
  const reading = readNats({
    servers: { address: natsAddress(world.server.url), credsFile: undefined },
    stream: STREAM,
    subject: DEAD_LETTERS,
    from: 'start',
    follow: false,
    clock: systemClock,
    signal: new AbortController().signal,
    onNotice: () => undefined,
  });
  await assert.rejects(reading, { message: WHY });
});
