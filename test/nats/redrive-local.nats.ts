import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jetstreamManager } from '@nats-io/jetstream';
import { toDeadLetter } from '../../gateway/publish/dead-letter.ts';
import { DEAD_LETTERS, localLetters, rejectionOf } from '../gateway/publish/dead-letter-harness.ts';
import { INGRESS, RedriveWorld, STREAM } from './redrive-world.ts';

const whole = (id: string) => toDeadLetter(rejectionOf(id), DEAD_LETTERS, 0);
const ONLY_LOCAL =
  'the stream INGRESS does not take internal.deadletter.v1: only local letters are redriven\n';

test('where the stream does not take dead letters the local ones are all: redriven, and nothing is left', async (t) => {
  await using world = await RedriveWorld.start(t, [], { subjects: [INGRESS] });
  world.keep([whole('a'), whole('b')]);
  const dry = await world.redrive('--dry-run');
  assert.deepEqual(dry, { code: 0, stdout: 'would redrive 2, skip 0, leave 0\n', stderr: ONLY_LOCAL });
  const done = await world.redrive();
  assert.deepEqual(done, { code: 0, stdout: 'redriven 2, skipped 0, left 0\n', stderr: ONLY_LOCAL });
  assert.deepEqual(await world.ids(), ['tw:a', 'tw:b']);
  assert.deepEqual(localLetters(world.dataDir), []);
  assert.equal((await world.redrive()).stdout, 'redriven 0, skipped 0, left 0\n');
  const manager = await jetstreamManager(world.nc);
  await assert.rejects(manager.consumers.info(STREAM, 'redrive'), /consumer not found/);
});

test('what is left of the local letters is a failure there, too', async (t) => {
  await using world = await RedriveWorld.start(t, [], { subjects: [INGRESS] });
  world.keep([whole('a'), whole('b')]);
  const { code, stdout } = await world.redrive('--limit', '1');
  assert.deepEqual([code, stdout], [1, 'redriven 1, skipped 0, left 1\n']);
});

test('letters that the stream took before are redriven, though it takes no more of them', async (t) => {
  await using world = await RedriveWorld.start(t, [whole('a'), whole('b')]);
  await world.redrive('--limit', '1');
  const manager = await jetstreamManager(world.nc);
  await manager.streams.update(STREAM, { subjects: [INGRESS] });
  const { code, stdout, stderr } = await world.redrive();
  assert.deepEqual([code, stdout, stderr], [0, 'redriven 1, skipped 0, left 0\n', '']);
  assert.deepEqual(await world.ids(), ['tw:a', 'tw:b']);
});

test('without the right to the consumer the local letters come first, and are not sent again', async (t) => {
  const rights = '"internal.>", "$JS.API.STREAM.INFO.*"';
  await using world = await RedriveWorld.start(t, [whole('on-bus')], { rights });
  world.keep([whole('a'), whole('b')]);
  for (const [args, said] of [
    [['--dry-run'], 'would redrive 2, skip 0, leave 0'],
    [[], 'redriven 2, skipped 0, left 0'],
    [[], 'redriven 0, skipped 0, left 0'],
  ] as const) {
    const { code, stdout, stderr } = await world.redriveRestricted(...args);
    assert.deepEqual([code, stdout], [1, '']);
    const [first, second] = stderr.split('\n');
    assert.equal(first, `${said}, then:`);
    assert.match(
      second ?? '',
      /^INGRESS: Permissions Violation .*\$JS\.API\.CONSUMER\.INFO\.INGRESS\.redrive/,
    );
  }
  assert.deepEqual(await world.ids(), ['tw:a', 'tw:b']);
  assert.equal((await world.redrive()).stdout, 'redriven 1, skipped 0, left 0\n');
  assert.deepEqual(await world.ids(), ['tw:a', 'tw:b', 'tw:on-bus']);
  assert.deepEqual(localLetters(world.dataDir), []);
});

test('who may not look at the stream, but use the consumer, redrives all', async (t) => {
  const rights = '"internal.>", "$JS.API.CONSUMER.>", "$JS.ACK.>"';
  await using world = await RedriveWorld.start(t, [whole('b')], { rights });
  world.keep([whole('a')]);
  assert.equal((await world.redriveRestricted()).stdout, 'redriven 2, skipped 0, left 0\n');
});
