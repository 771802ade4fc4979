import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPaceFile } from '../../gateway/pace-file.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { tempDir } from './store/temp-dir.ts';

const NOTHING = { joins: [], logins: [] };

test('a run finds what the one before it sent, by its own clock, and forgets what no span counts any more', (t) => {
  const directory = tempDir(t);
  const first = new VirtualClock();
  const pace = openPaceFile(directory, first);
  assert.deepEqual(pace.earlier, NOTHING);
  pace.sending('joins', [0, 0]);
  first.advance(4000);
  pace.sending('logins', [4000]);
  pace.sending('joins', [4000]);
  const second = new VirtualClock(first.date() + 500);
  assert.deepEqual(openPaceFile(directory, second).earlier, { joins: [-4500, -4500, -500], logins: [-500] });
  const third = new VirtualClock(first.date() + 18_000);
  assert.deepEqual(openPaceFile(directory, third).earlier, { joins: [-18_000], logins: [-18_000] });
});

test('after a clock was set back it may have been sent just now', (t) => {
  const directory = tempDir(t);
  const clock = new VirtualClock();
  openPaceFile(directory, clock).sending('joins', [0]);
  const earlier = new VirtualClock(clock.date() - 3_600_000);
  assert.deepEqual(openPaceFile(directory, earlier).earlier.joins, [0]);
});

test('and grows old from then on: what is written down in the meantime keeps no later run from joining', (t) => {
  const directory = tempDir(t);
  const clock = new VirtualClock();
  openPaceFile(directory, clock).sending('joins', [0]);
  const earlier = new VirtualClock(clock.date() - 3_600_000);
  const pace = openPaceFile(directory, earlier);
  earlier.advance(5000);
  pace.sending('logins', [5000]);
  const next = new VirtualClock(earlier.date());
  assert.deepEqual(openPaceFile(directory, next).earlier, { joins: [-5000], logins: [0] });
  const later = new VirtualClock(earlier.date() + 20_000);
  assert.deepEqual(openPaceFile(directory, later).earlier, NOTHING);
});

test('a file that is damaged, or cannot be written, costs nothing else', (t) => {
  const directory = tempDir(t);
  for (const text of ['{', '[]', 'null', '{"joins":{"0":1},"logins":["x"]}']) {
    writeFileSync(join(directory, 'pace.json'), text);
    assert.deepEqual(openPaceFile(directory, new VirtualClock()).earlier, NOTHING, text);
  }
  const blocked = join(directory, 'blocked');
  mkdirSync(join(blocked, 'pace.json'), { recursive: true });
  const pace = openPaceFile(blocked, new VirtualClock());
  assert.deepEqual(pace.earlier, NOTHING);
  pace.sending('joins', [0]);
});
