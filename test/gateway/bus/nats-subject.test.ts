import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayHold } from '../../../gateway/bus/nats-subject.ts';

type Info = Parameters<typeof mayHold>[0];

const SUBJECT = 'internal.deadletter.v1';

const HELD: readonly [string, object, object, boolean][] = [
  ['takes the subject', { subjects: ['internal.>'] }, {}, true],
  ['takes others', { subjects: ['internal.ingress.v1'] }, {}, false],
  ['took it once, and holds some', { subjects: ['internal.ingress.v1'] }, { [SUBJECT]: 2 }, true],
  ['took it once, and holds none any more', { subjects: ['internal.ingress.v1'] }, { [SUBJECT]: 0 }, false],
  ['mirrors another', { mirror: { name: 'INGRESS' } }, {}, true],
  ['has sources', { sources: [{ name: 'INGRESS' }] }, {}, true],
  ['takes nothing', { sources: [] }, {}, false],
];

for (const [what, config, subjects, expected] of HELD) {
  test(`a stream that ${what} ${expected ? 'may hold' : 'does not hold'} a message on it`, () => {
    assert.equal(mayHold({ config, state: { subjects } } as unknown as Info, SUBJECT), expected);
  });
}

test('a server that does not say what it holds is believed about what it takes', () => {
  assert.equal(mayHold({ config: { subjects: [] }, state: {} } as unknown as Info, SUBJECT), false);
});
