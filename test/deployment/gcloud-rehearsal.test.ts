import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

function rehearse(...args: readonly string[]) {
  const script = join(import.meta.dirname, 'gcloud-rehearsal.ts');
  const env = { PATH: '/nonexistent' };
  return spawnSync(process.execPath, [script, ...args], { env, encoding: 'utf8' });
}

test('where there is no gcloud nothing is rehearsed: exit code 77, and the last line says why', () => {
  const { status, stdout } = rehearse();
  assert.equal(status, 77);
  assert.equal(stdout.trimEnd().split('\n').at(-1), 'NOT REHEARSED: gcloud is not installed');
});

test('an argument that it does not know is bad use', () => {
  assert.equal(rehearse('--udpate').status, 2);
});
