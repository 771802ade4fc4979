import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planOf } from './plan.ts';
import { simulate } from './simulate.ts';

const SEEDS = 200;

test('in a few hundred simulated worlds every promise is kept, whatever goes wrong', async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { failure } = await simulate(planOf(seed));
    assert.equal(failure, undefined, `seed ${seed}; npm run simulate -- --seed ${seed} tells what happened`);
  }
});

test('the same seed gives the same run, another one another', async () => {
  const [first, again, other] = [
    await simulate(planOf(7)),
    await simulate(planOf(7)),
    await simulate(planOf(8)),
  ];
  assert.equal(again.hash, first.hash);
  assert.notEqual(other.hash, first.hash);
});
