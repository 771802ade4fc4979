import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../integration/gateway-process.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

test('the warm-up says nothing, leaves nothing behind but what was compiled, and ends well', async () => {
  const { stdout, stderr } = await run(process.execPath, ['scripts/warm-up.mjs'], { cwd: ROOT });
  assert.deepEqual([stdout, stderr], ['', '']);
  const kept = await readdir(join(ROOT, 'node_modules/.cache/node-compile'));
  assert.ok(kept.length > 0);
});

test('where nothing can be started, an install goes on', async () => {
  await using directory = await temporaryDirectory();
  await copyFile(join(ROOT, 'scripts/warm-up.mjs'), join(directory.path, 'warm-up.mjs'));
  const { stdout, stderr } = await run(process.execPath, ['warm-up.mjs'], { cwd: directory.path });
  assert.deepEqual([stdout, stderr], ['', '']);
});
