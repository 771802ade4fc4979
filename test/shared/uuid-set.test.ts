import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { UuidSet } from '../../shared/uuid-set.ts';

/** Few different digits, so that the same UUIDs, and nearly the same, come again and again. */
const uuid = fc
  .stringMatching(/^[01f]{32}$/)
  .map((digits) =>
    [0, 8, 12, 16, 20].map((at, part) => digits.slice(at, at + ([8, 4, 4, 4, 12][part] ?? 0))).join('-'),
  );

const numbered = (index: number) => `${String(index).padStart(8, '0')}-cb67-427a-baa8-82f9b0fcd05f`;

const NIL = '00000000-0000-0000-0000-000000000000';

test('it holds what a Set of the same texts holds', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.oneof(uuid, fc.uuid())), { maxLength: 300 }), (steps) => {
      const [set, expected] = [new UuidSet(), new Set<string>()];
      for (const [isAdded, id] of steps) {
        if (isAdded && set.add(id)) expected.add(id);
        assert.equal(set.has(id), expected.has(id), id);
        assert.equal(set.size, expected.size);
      }
    }),
  );
});

test('it grows without losing one, and ids that count up do not slow it down', () => {
  const set = new UuidSet();
  for (let index = 0; index < 100_000; index += 1) set.add(numbered(index));
  assert.equal(set.size, 100_000);
  for (let index = 0; index < 100_000; index += 1) assert.ok(set.has(numbered(index)));
  assert.equal(set.has(numbered(100_000)), false);
});

test('what is no UUID in its canonical form is neither added nor found', () => {
  const id = '885196de-cb67-427a-baa8-82f9b0fcd05f';
  const set = new UuidSet();
  set.add(id);
  const others = [
    '',
    'abc-1',
    NIL,
    id.toUpperCase(),
    id.replaceAll('-', ''),
    id.replaceAll('-', '0'),
    `${id}0`,
    id.slice(1),
    id.replace('8', 'g'),
    id.replace('8', 'é'),
    id.replace('8', '\ud800'),
    id.replace('8', '-'),
  ];
  for (const other of others) {
    assert.equal(set.add(other), false, other);
    assert.equal(set.has(other), false, other);
  }
  assert.equal(set.size, 1);
});
