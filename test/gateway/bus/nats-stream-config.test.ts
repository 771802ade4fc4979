import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  driftOf,
  newStreamConfig,
  takes,
  type StreamConfigShown,
} from '../../../gateway/bus/nats-stream-config.ts';
import { subjectsFor } from '../../../shared/subjects.ts';

const SETTINGS = { name: 'INGRESS', maxAgeS: 604_800, replicas: 1 };
const SUBJECTS = subjectsFor('');

function shown(changes: object = {}): StreamConfigShown {
  return { ...newStreamConfig(SETTINGS, SUBJECTS), ...changes } as unknown as StreamConfigShown;
}

function windowS(maxAgeS: number): number {
  return newStreamConfig({ ...SETTINGS, maxAgeS }, SUBJECTS).duplicate_window / 1e9;
}

test('ids are remembered for two hours, or as long as messages are kept when that is shorter', () => {
  assert.deepEqual([604_800, 7201, 7200, 60, 1, 0].map(windowS), [7200, 7200, 7200, 60, 1, 7200]);
});

test('a stream as we make it has not drifted, whatever its age', () => {
  for (const maxAgeS of [604_800, 60, 0]) {
    const settings = { ...SETTINGS, maxAgeS };
    const config = newStreamConfig(settings, SUBJECTS) as unknown as StreamConfigShown;
    assert.deepEqual(driftOf(config, settings, SUBJECTS), []);
  }
});

const DRIFTED: readonly [object, RegExp][] = [
  [{ subjects: ['internal.ingress.v1'] }, /does not take internal\.deadletter\.v1/],
  [{ subjects: undefined }, /does not take internal\.ingress\.v1 and internal\.deadletter\.v1/],
  [{ storage: 'memory' }, /kept in memory/],
  [{ retention: 'workqueue' }, /retention is workqueue: what a consumer has read is removed/],
  [{ retention: 'interest' }, /retention is interest: .* without a consumer nothing is kept at all/],
  [{ max_msgs_per_subject: 1000 }, /only 1000 messages of a subject: older ones are removed at once/],
  [
    { max_msgs_per_subject: 1000, discard: 'new', discard_new_per_subject: true },
    /only 1000 messages of a subject: newer ones are refused/,
  ],
  [{ max_age: 60e9 }, /maximum age is 60 s, not 604800/],
  [{ max_age: 0 }, /maximum age is 0 s/],
  [{ num_replicas: 3 }, /3 replicas, not 1/],
  [{ duplicate_window: 1e9 }, /remembers ids for 1 s only/],
];

for (const [changes, sentence] of DRIFTED) {
  test(`a stream with ${JSON.stringify(changes)} has drifted, in that alone`, () => {
    const drift = driftOf(shown(changes), SETTINGS, SUBJECTS);
    assert.equal(drift.length, 1);
    assert.match(drift[0] ?? '', sentence);
  });
}

test('more subjects, limits of the whole stream and the usual window of two minutes are no drift', () => {
  const limits = { max_msgs: 5, max_bytes: 5000, max_msg_size: 500, max_msgs_per_subject: -1 };
  const config = shown({ subjects: ['internal.>'], ...limits, discard: 'new', duplicate_window: 120e9 });
  assert.deepEqual(driftOf(config, SETTINGS, SUBJECTS), []);
});

const PATTERNS: readonly [string, string, boolean][] = [
  ['a.b', 'a.b', true],
  ['a.b', 'a.b.c', false],
  ['a.b.c', 'a.b', false],
  ['a.*', 'a.b', true],
  ['*.*', 'a.b', true],
  ['*', 'a.b', false],
  ['>', 'a.b', true],
  ['a.>', 'a.b.c', true],
  ['a.>', 'a', false],
  ['a.b.>', 'a.b', false],
  ['*.b.>', 'x.b.c', true],
  ['*.b.>', 'x.c.c', false],
];

for (const [pattern, subject, expected] of PATTERNS) {
  test(`${pattern} ${expected ? 'takes' : 'does not take'} ${subject}`, () => {
    assert.equal(takes(shown({ subjects: ['other', pattern] }), subject), expected);
  });
}
