import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { flushed, lineWriter } from '../../gateway/log-output.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';

/** A reader that takes nothing until told to. */
class Stalled extends Writable {
  taken = '';
  #waiting: (() => void) | undefined;
  #isReading = false;

  constructor() {
    super({ decodeStrings: false });
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.taken += chunk;
    if (this.#isReading) return done();
    this.#waiting = done;
  }

  read(): void {
    this.#isReading = true;
    this.#waiting?.();
  }
}

test('a reader that stalls costs lines, never time, and how many is told once it reads again', async () => {
  const out = new Stalled();
  const gaps: number[] = [];
  const write = lineWriter(out, (lines) => gaps.push(lines));
  const line = `${'x'.repeat(1023)}\n`;
  for (let n = 0; n < 5000; n++) write(line);
  assert.equal(out.writableLength, 4 * 1024 * 1024);
  out.read();
  await flushed(out, new VirtualClock(), 1000);
  write('last\n');
  assert.deepEqual(gaps, [5000 - 4096]);
  assert.equal(out.taken, `${line.repeat(4096)}last\n`);
});

test('a flush ends when everything is written', async () => {
  const out = new Stalled();
  const clock = new VirtualClock();
  lineWriter(out, () => {})('line\n');
  const flush = flushed(out, clock, 1000);
  out.read();
  await flush;
  assert.equal(out.taken, 'line\n');
  assert.equal(clock.pending, 0);
});

test('a flush to a reader that has stalled ends at its deadline', async () => {
  const out = new Stalled();
  const clock = new VirtualClock();
  lineWriter(out, () => {})('line\n');
  const flush = flushed(out, clock, 1000);
  clock.advance(1000);
  await flush;
});

/** Runs a module that logs to standard output, with `logger` and `flush` at hand. */
function runLogging(code: string) {
  const module = `
    const { openLog } = await import(${JSON.stringify(new URL('../../gateway/logger.ts', import.meta.url).href)});
    const { createScrubber } = await import(${JSON.stringify(new URL('../../gateway/secrets/scrubber.ts', import.meta.url).href)});
    const { systemClock: clock } = await import(${JSON.stringify(new URL('../../gateway/clock.ts', import.meta.url).href)});
    const { logger, flush } = await openLog(
      { level: 'info', format: 'json', noColor: true, clock, scrubber: createScrubber([]), out: process.stdout });
    ${code}`;
  return spawn(process.execPath, ['--input-type=module', '-e', module], { stdio: ['pipe', 'pipe', 'pipe'] });
}

test('the last line before an exit is written, though its reader is slow', async () => {
  const child = runLogging(`
    for (let n = 0; n < 20000; n++) logger.info({ n }, 'a line');
    logger.info({}, 'stopped');
    await flush(60_000);
    process.exit(3);`);
  const exit = once(child, 'exit');
  await once(child.stdout, 'readable');
  const lines = (await text(child.stdout)).trimEnd().split('\n');
  assert.equal(lines.length, 20_001);
  assert.match(lines.at(-1) ?? '', /"message":"stopped"/);
  assert.deepEqual(await exit, [3, null]);
});

test('a reader that goes away ends the log, not the process', async () => {
  const child = runLogging(`
    logger.info({}, 'started');
    process.stdin.once('data', async () => {
      for (let n = 0; n < 100; n++) {
        logger.info({ n }, 'nobody reads this');
        await new Promise(setImmediate);
      }
      await flush(60_000);
      process.exit(3);
    });`);
  const errors = text(child.stderr);
  const exit = once(child, 'exit');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  await once(child.stdout, 'close');
  child.stdin.write('go\n');
  assert.deepEqual(await exit, [3, null]);
  assert.equal(await errors, '');
});
