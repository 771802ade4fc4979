import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSubject, isSubjectPrefix, subjectsFor } from '../../shared/subjects.ts';

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

test('a subject is words between dots, without what is white, invisible or a wildcard', () => {
  for (const subject of ['a', 'internal.finalizer.v1', '$X.a-b_c', 'größe.🎈'])
    assert.ok(isSubject(subject), subject);
  const refused = ['', '.', 'a.', '.a', 'a..b', 'a b', 'a\u00a0b', 'a.*', 'a.>', 'a\u200bb', 'a\r\nPUB x'];
  for (const subject of refused) assert.ok(!isSubject(subject), JSON.stringify(subject));
});
