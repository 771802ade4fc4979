import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LateLetters } from '../../../gateway/bus/late-letters.ts';
import { NO_LETTERS } from '../../../gateway/bus/letter-source.ts';

const LETTER = { sequence: 1, body: Buffer.from('{}'), isDone: false };

test('letters are opened when they are first asked for, once, and given back', async () => {
  const calls: string[] = [];
  const letters = new LateLetters(async () => {
    calls.push('open');
    return {
      next: async () => [LETTER],
      done: async (done) => void calls.push(`done ${done.length}`),
      countRest: async () => 7,
      giveBack: async () => void calls.push('give back'),
    };
  });
  assert.deepEqual(calls, []);
  assert.deepEqual(await letters.next(), [LETTER]);
  await letters.done([LETTER]);
  assert.equal(await letters.countRest(), 7);
  await letters.giveBack();
  assert.deepEqual(calls, ['open', 'done 1', 'give back']);
});

test('letters that nobody asked for are not opened to be given back', async () => {
  let count = 0;
  const letters = new LateLetters(async () => {
    count++;
    return { ...NO_LETTERS, giveBack: async () => undefined };
  });
  await letters.giveBack();
  assert.equal(count, 0);
});

test('whoever asks is told why they cannot be opened; giving back tells nobody again', async () => {
  const letters = new LateLetters(() => Promise.reject(new Error('no right')));
  await assert.rejects(letters.next(), /no right/);
  await assert.rejects(letters.countRest(), /no right/);
  await letters.giveBack();
});
