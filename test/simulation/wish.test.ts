import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadUse } from '../../scripts/bad-use.ts';
import { readWish } from './wish.ts';

test('what is to be simulated is said by one of four words, and what may stand beside it', () => {
  assert.deepEqual(readWish(['--seeds', '3', '--from', '7', '--jobs', '9', '--profile', 'bus']), {
    do: 'seeds',
    seeds: 3,
    from: 7,
    jobs: 3,
    profile: 'bus',
  });
  assert.deepEqual(readWish(['--seed', '5', '--trace']), {
    do: 'seed',
    seed: 5,
    isWhole: true,
    profile: undefined,
  });
  assert.deepEqual(readWish(['--mutant', '2']), { do: 'mutants', jobs: 1, only: 2 });
  assert.equal(readWish(['-h']), 'help');
});

for (const [args, words] of [
  ['', /say one of/],
  ['--seed 1 --seeds 2', /do not go together/],
  ['--seed 1 --jobs 2', /--jobs does not go with --seed/],
  ['--seeds many', /--seeds many is no whole number/],
  ['--mutant 999', /no 999/],
  ['--seeds 1 --profile calm', /no profile is called calm/],
  ['--speed 1', /--speed/],
] as const) {
  test(`what makes no sense is answered with what is wrong: ${args || 'nothing'}`, () => {
    assert.throws(
      () => readWish(args.split(' ').filter(Boolean)),
      (error) => error instanceof BadUse && words.test(error.message),
    );
  });
}
