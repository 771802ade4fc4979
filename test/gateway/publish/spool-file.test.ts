import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../../integration/gateway-process.ts';
import { openSpoolFile } from '../../../gateway/publish/spool-file.ts';
import { KEEP_ALL, openAt, record } from '../store/log-helpers.ts';

test('the start after a long outage gives the disk back: the file is small again, and so it stays', async (t) => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'spool.sqlite');
  const outage = openAt(t, path, KEEP_ALL);
  const positions = Array.from({ length: 20 }, (_, n) => n + 1);
  for (const n of positions) outage.append([record(`tw:${n}`, 1_000_000)]);
  outage.settle(positions);
  outage.close();
  assert.ok(statSync(path).size > 20_000_000);
  const { spool } = openSpoolFile(directory.path, 'overflow', 1e9, 0);
  assert.ok(statSync(path).size < 100_000, `${statSync(path).size} bytes`);
  assert.deepEqual([spool?.recovered, spool?.nextPosition], [0, 1]);
  spool?.close({ sentUpTo: 0, stream: '', after: 0 });
});
