import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Progress } from '../../scripts/progress.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';

function start(isTTY: boolean) {
  const clock = new VirtualClock();
  const written: string[] = [];
  const progress = new Progress({ isTTY, write: (text) => written.push(text) }, clock);
  return { clock, written, progress };
}

test('on a terminal one line changes, and makes room for others', () => {
  const { written, progress } = start(true);
  progress.clear();
  progress.show('1 done');
  progress.show('2 done');
  progress.clear();
  progress.clear();
  assert.deepEqual(written, ['\r\u001b[K1 done', '\r\u001b[K2 done', '\r\u001b[K']);
});

test('elsewhere a line is written every five seconds, and nothing to clear it', () => {
  const { clock, written, progress } = start(false);
  for (let second = 0; second <= 12; second++) {
    progress.show(`after ${second} s`);
    clock.advance(1000);
  }
  progress.clear();
  assert.deepEqual(written, ['after 5 s\n', 'after 10 s\n']);
});
