import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSpinner } from '../../../scripts/authorize/spinner.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const CLEAR = '\r\u001b[K';

function output(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

test('on a terminal one line turns, tells what changed, makes room for notes and is gone in the end', () => {
  const clock = new VirtualClock();
  const terminal = output(true);
  const spinner = startSpinner(terminal, clock, () => `waiting since ${clock.now()} ms`);
  clock.advance(150);
  spinner.note('trouble');
  clock.advance(50);
  spinner.stop();
  clock.advance(1000);
  assert.deepEqual(terminal.written, [
    `${CLEAR}⠋ waiting since 0 ms`,
    `${CLEAR}⠙ waiting since 100 ms`,
    CLEAR,
    'trouble\n',
    `${CLEAR}⠹ waiting since 200 ms`,
    CLEAR,
  ]);
  assert.equal(clock.pending, 0);
});

test('elsewhere there is one line, and one for each note', () => {
  const clock = new VirtualClock();
  const pipe = output(false);
  const spinner = startSpinner(pipe, clock, () => 'waiting');
  clock.advance(60_000);
  spinner.note('trouble');
  spinner.stop();
  assert.deepEqual(pipe.written, ['waiting\n', 'trouble\n']);
  assert.equal(clock.pending, 0);
});
