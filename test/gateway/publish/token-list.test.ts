import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenList } from '../../../gateway/publish/token-list.ts';

test('tokens are consecutive and name the same item however much was removed before it', () => {
  const list = new TokenList<string>();
  for (let i = 0; i < 10_000; i++) assert.equal(list.push(`item ${i}`), i);
  for (let i = 0; i < 9_990; i++) {
    assert.equal(list.first, i);
    list.removeFirst();
    assert.equal(list.get(i), undefined);
    assert.equal(list.get(i + 1), `item ${i + 1}`);
  }
  assert.equal(list.end, 10_000);
  assert.equal(list.push('next'), 10_000);
  assert.equal(list.get(9_999), 'item 9999');
});

test('an empty list has no item, and removing from it changes nothing', () => {
  const list = new TokenList<string>();
  list.removeFirst();
  assert.equal(list.first, 0);
  assert.equal(list.end, 0);
  assert.equal(list.get(0), undefined);
  assert.equal(list.get(-1), undefined);
});
