import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remembered } from '../../shared/remembered.ts';

function counted(max: number) {
  const asked: string[] = [];
  const answer = remembered((text) => {
    asked.push(text);
    return text.length;
  }, max);
  return { asked, answer };
}

test('what was asked before is not worked out again', () => {
  const { asked, answer } = counted(10);
  assert.deepEqual([answer('abc'), answer('abc'), answer('é'), answer('')], [3, 3, 1, 0]);
  assert.deepEqual(asked, ['abc', 'é', '']);
});

test('when it is full it begins anew', () => {
  const { asked, answer } = counted(2);
  for (const text of ['a', 'b', 'c', 'c', 'a']) answer(text);
  assert.deepEqual(asked, ['a', 'b', 'c', 'a']);
});

test('a text that is too long to be common is answered and not kept', () => {
  const { asked, answer } = counted(10);
  const long = 'x'.repeat(257);
  assert.deepEqual([answer(long), answer(long)], [257, 257]);
  assert.equal(asked.length, 2);
});
