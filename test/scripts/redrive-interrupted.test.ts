import assert from 'node:assert/strict';
import { test } from 'node:test';
import { embeddedBusPath } from '../../gateway/bus/embedded-bus.ts';
import { toDeadLetter } from '../../gateway/publish/dead-letter.ts';
import { openLogReader } from '../../gateway/store/log-reader.ts';
import { openLog } from '../../gateway/store/log.ts';
import { poll } from '../fakes/poll.ts';
import { DEAD_LETTERS, rejectionOf } from '../gateway/publish/dead-letter-harness.ts';
import { KEEP_ALL } from '../gateway/store/log-helpers.ts';
import { tempDir } from '../gateway/store/temp-dir.ts';
import { runRedrive, startRedrive } from './redrive-process.ts';

/** More than it redrives before it hears the signal, however slow this machine is. */
const LETTERS = 5000;

function storeLetters(dataDir: string): void {
  const log = openLog(embeddedBusPath(dataDir), { ...KEEP_ALL, synchronous: 'NORMAL' });
  const records = Array.from({ length: LETTERS }, (_, n) => ({
    ...toDeadLetter(rejectionOf(`${n}`), DEAD_LETTERS, 0),
    time: 0,
    attributes: {},
  }));
  log.append(records);
  log.close();
}

function countRedriven(dataDir: string): number {
  const reader = openLogReader(embeddedBusPath(dataDir));
  const count = reader?.read({ after: 0, limit: LETTERS, subject: 'internal.ingress.v1' }).length ?? 0;
  reader?.close();
  return count;
}

test('Ctrl-C ends it with what is on its way: exit code 1, every letter counted, and none lost or doubled', async (t) => {
  const dataDir = tempDir(t);
  storeLetters(dataDir);
  const running = startRedrive(t, [], { DATA_DIR: dataDir });
  await poll(async () => assert.ok(countRedriven(dataDir) > 0));
  running.signal('SIGINT');
  const { code, stdout } = await running.ran;
  assert.equal(code, 1);
  const redriven = countRedriven(dataDir);
  assert.equal(stdout, `redriven ${redriven}, skipped 0, left ${LETTERS - redriven}\n`);
  const rest = await runRedrive(t, ['--dry-run'], { DATA_DIR: dataDir });
  assert.equal(rest.stdout, `would redrive ${LETTERS - redriven}, skip 0, leave 0\n`);
});
