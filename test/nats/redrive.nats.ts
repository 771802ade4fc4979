import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { toDeadLetter, truncated } from '../../gateway/publish/dead-letter.ts';
import {
  DEAD_LETTERS,
  envelopeOf,
  localLetters,
  rejectionOf,
} from '../gateway/publish/dead-letter-harness.ts';
import { INGRESS, RedriveWorld, STREAM } from './redrive-world.ts';

const whole = (id: string) => toDeadLetter(rejectionOf(id), DEAD_LETTERS, 0);
const cut = (id: string) => truncated(whole(id)) ?? whole(id);
const other = (id: string) => toDeadLetter(rejectionOf(id, { reason: 'bad_header' }), DEAD_LETTERS, 0);

test('letters are published byte for byte under their own ids, in order, and acked; a second run adds nothing', async (t) => {
  const all = Array.from({ length: 40 }, (_, n) => `id${n}`);
  await using world = await RedriveWorld.start(t, all.map(whole));
  assert.deepEqual(await world.redrive(), {
    code: 0,
    stdout: 'redriven 40, skipped 0, left 0\n',
    stderr: '',
  });
  const stored = await world.stored(INGRESS);
  assert.deepEqual(
    stored.map(({ id }) => id),
    all.map((id) => `tw:${id}`),
  );
  assert.equal(stored[0]?.body.toString(), envelopeOf('id0'));
  assert.equal(stored[0]?.headers['type'], 'external.chat.message.v1');
  assert.equal(stored[0]?.headers['correlationId'], 'id0');
  assert.equal((await world.stored(DEAD_LETTERS)).length, 40);
  const manager = await jetstreamManager(world.nc);
  const { num_pending, num_ack_pending } = await manager.consumers.info(STREAM, 'redrive');
  assert.deepEqual([num_pending, num_ack_pending], [0, 0]);
  assert.equal((await world.redrive()).stdout, 'redriven 0, skipped 0, left 0\n');
  assert.equal((await world.ids()).length, 40);
});

test('what --reason skips and --limit leaves is there at once for the next run, in its old order', async (t) => {
  await using world = await RedriveWorld.start(t, [
    other('x'),
    whole('a'),
    whole('b'),
    other('y'),
    whole('c'),
  ]);
  const first = await world.redrive('--reason', 'max_payload', '--limit', '2');
  assert.deepEqual([first.code, first.stdout], [1, 'redriven 2, skipped 2, left 1\n']);
  const second = await world.redrive();
  assert.deepEqual([second.code, second.stdout], [0, 'redriven 3, skipped 0, left 0\n']);
  assert.deepEqual((await world.ids()).toSorted(), ['tw:a', 'tw:b', 'tw:c', 'tw:x', 'tw:y']);
});

test('a dry run makes no consumer and moves none, and says when it cannot tell what was redriven before', async (t) => {
  await using world = await RedriveWorld.start(t, [other('x'), whole('a'), whole('b'), cut('c')]);
  const first = await world.redrive('--dry-run');
  assert.deepEqual([first.code, first.stdout], [1, 'would redrive 3, skip 0, leave 1\n']);
  const manager = await jetstreamManager(world.nc);
  await assert.rejects(manager.consumers.info(STREAM, 'redrive'), /consumer not found/);
  assert.equal((await world.redrive('--reason', 'max_payload', '--limit', '1')).code, 1);
  const before = await manager.consumers.info(STREAM, 'redrive');
  const second = await world.redrive('--dry-run');
  assert.equal(second.stdout, 'would redrive 3, skip 0, leave 1\n');
  assert.match(second.stderr, /^1 of these were redriven before; only a run can tell which\.$/m);
  const after = await manager.consumers.info(STREAM, 'redrive');
  assert.deepEqual([after.delivered, after.ack_floor], [before.delivered, before.ack_floor]);
  assert.deepEqual(await world.ids(), ['tw:a']);
});

test('what the server finds too large is left, and stored when its limit was raised', async (t) => {
  await using world = await RedriveWorld.start(t, [cut('large'), whole('good')]);
  world.keep([whole('large')]);
  const manager = await jetstreamManager(world.nc);
  await manager.streams.update(STREAM, { max_msg_size: 200 });
  const small = await world.redrive();
  assert.deepEqual([small.code, small.stdout], [1, 'redriven 0, skipped 0, left 2\n']);
  assert.match(small.stderr, /^left: large: .*maximum/m);
  await manager.streams.update(STREAM, { max_msg_size: -1 });
  const large = await world.redrive();
  assert.deepEqual(large, { code: 0, stdout: 'redriven 2, skipped 0, left 0\n', stderr: '' });
  assert.deepEqual(await world.ids(), ['tw:large', 'tw:good']);
  assert.deepEqual(localLetters(world.dataDir), []);
});

test('a truncated letter without its whole is left', async (t) => {
  await using world = await RedriveWorld.start(t, [cut('a'), whole('b')]);
  const { code, stdout, stderr } = await world.redrive();
  assert.deepEqual([code, stdout], [1, 'redriven 1, skipped 0, left 1\n']);
  assert.match(stderr, /^left: a: truncated/m);
});

test('letters that another run has asked for count as left', async (t) => {
  await using world = await RedriveWorld.start(t, [whole('a'), whole('b'), whole('c')]);
  await world.redrive('--limit', '1');
  const consumer = await jetstream(world.nc).consumers.get(STREAM, 'redrive');
  assert.ok(await consumer.next({ expires: 1000 }));
  const { code, stdout } = await world.redrive();
  assert.deepEqual([code, stdout], [1, 'redriven 1, skipped 0, left 1\n']);
});

test('a full stream ends the run: what is left is still there', async (t) => {
  await using world = await RedriveWorld.start(t, [whole('a'), whole('b')]);
  const manager = await jetstreamManager(world.nc);
  await manager.streams.update(STREAM, { max_msgs: 2, discard: 'new' });
  const full = await world.redrive();
  assert.deepEqual([full.code, full.stdout], [1, 'redriven 0, skipped 0, left 2\n']);
  assert.match(full.stderr, /^left: a: INGRESS takes no more/m);
  await manager.streams.update(STREAM, { max_msgs: -1 });
  assert.equal((await world.redrive()).stdout, 'redriven 2, skipped 0, left 0\n');
});

test('a consumer of that name that reads something else, a missing stream and a missing server exit 1 and are named', async (t) => {
  await using world = await RedriveWorld.start(t, []);
  const manager = await jetstreamManager(world.nc);
  const config = { durable_name: 'redrive', filter_subject: INGRESS, ack_policy: AckPolicy.Explicit };
  await manager.consumers.add(STREAM, config);
  const foreign = await world.redrive();
  assert.deepEqual([foreign.code, foreign.stdout], [1, '']);
  assert.match(
    foreign.stderr,
    /^the consumer redrive of INGRESS reads internal\.ingress\.v1, not internal\.dead/,
  );
  await manager.streams.delete(STREAM);
  assert.deepEqual(await world.redrive(), {
    code: 1,
    stdout: '',
    stderr: 'INGRESS: stream not found (error 10059)\n',
  });
  await world.server.kill();
  const { code, stderr } = await world.redrive();
  assert.equal(code, 1);
  assert.match(stderr, /connection refused/);
});
