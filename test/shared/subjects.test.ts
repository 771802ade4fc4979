import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSubjectPrefix, subjectsFor } from '../../shared/subjects.ts';

test('both subjects carry the prefix', () => {
  assert.deepEqual(subjectsFor(''), { ingress: 'internal.ingress.v1', deadLetter: 'internal.deadletter.v1' });
  assert.deepEqual(subjectsFor('dev.'), {
    ingress: 'dev.internal.ingress.v1',
    deadLetter: 'dev.internal.deadletter.v1',
  });
});

test('a prefix is nothing, or tokens that each end in a dot', () => {
  for (const prefix of ['', 'dev.', 'a.b-2.C_3.']) assert.ok(isSubjectPrefix(prefix), prefix);
});

test('what could widen, break or inject a subject is no prefix', () => {
  const refused = [
    'dev',
    '.',
    '.dev.',
    'a..b.',
    '*.',
    '>.',
    'a b.',
    ' ',
    'dev.\n',
    'dev.\r\nPUB x',
    'dé.',
    '$JS.',
    'dev. ',
  ];
  for (const prefix of refused) assert.ok(!isSubjectPrefix(prefix), JSON.stringify(prefix));
});
