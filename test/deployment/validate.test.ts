import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../integration/gateway-process.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Runs these lines between the functions that validate_deliverable.sh is made of. */
async function run(lines: string) {
  await using scratch = await temporaryDirectory();
  const script = `set -euo pipefail; scratch=$1; . scripts/validate/steps.sh; ${lines}`;
  const args = ['-c', script, 'bash', scratch.path];
  const { status, stdout } = spawnSync('bash', args, { cwd: ROOT, encoding: 'utf8' });
  return { code: status, lines: stdout.trimEnd().split('\n') };
}

const REHEARSAL = 'absent() { echo "NOT REHEARSED: no engine"; return 77; };';

test('what passed and what was rehearsed is counted on the last line', async () => {
  const { code, lines } = await run('step one true; step two true; rehearse three echo fine; summary false');
  assert.equal(code, 0);
  assert.equal(lines.at(-1), '2 steps passed, 0 skipped, 1 rehearsed, 0 not rehearsed');
  assert.match(lines.at(-2) ?? '', /^\d+ s in all$/);
  assert.ok(lines.includes('fine'));
});

test('the first step that fails ends everything, with its name', async () => {
  const { code, lines } = await run('step one true; step two false; step three echo never; summary false');
  assert.equal(code, 1);
  assert.match(lines.at(-1) ?? '', /^FAILED: two \(\d+ s\)$/);
  assert.ok(!lines.includes('never'));
});

test('a rehearsal that cannot be done here says why, is repeated at the end, and is no failure', async () => {
  const { code, lines } = await run(`${REHEARSAL} rehearse image absent; summary false`);
  assert.equal(code, 0);
  assert.ok(lines.includes('NOT REHEARSED: image: no engine'));
  assert.equal(lines.at(-1), '0 steps passed, 0 skipped, 0 rehearsed, 1 not rehearsed');
});

test('--strict wants every rehearsal', async () => {
  const { code, lines } = await run(`${REHEARSAL} rehearse image absent; summary true`);
  assert.equal(code, 1);
  assert.equal(lines.at(-1), '0 steps passed, 0 skipped, 0 rehearsed, 1 not rehearsed');
});

for (const [what, body] of [
  ['that fails', 'echo "NOT REHEARSED: a lie"; return 1'],
  ['that gives no reason', 'echo nothing to see here; return 77'],
] as const) {
  test(`a rehearsal ${what} is a failure`, async () => {
    const { code, lines } = await run(`broken() { ${body}; }; rehearse image broken; summary false`);
    assert.equal(code, 1);
    assert.match(lines.at(-1) ?? '', /^FAILED: image/);
  });
}

for (const path of ['validate_deliverable.sh', 'planning/sprint-99-c7d1a9/validate_deliverable.sh']) {
  test(`${path} refuses options that it does not know or that exclude each other, and says which it takes`, () => {
    for (const options of [['--fsat'], ['--rest', '--fast'], ['all']]) {
      const { status, stdout, stderr } = spawnSync(join(ROOT, path), options, { encoding: 'utf8' });
      assert.deepEqual([status, stdout], [2, ''], options.join(' '));
      for (const known of ['--rest', '--fast', '--strict'])
        assert.match(stderr, new RegExp(` ${known} +\\w`));
    }
  });

  test(`${path} --help says what it does, wherever it is called from`, () => {
    const { status, stdout } = spawnSync(join(ROOT, path), ['--help'], { cwd: '/', encoding: 'utf8' });
    assert.equal(status, 0);
    assert.match(stdout, /^Everything that is checked[^#]+ --strict [^#]+$/);
  });
}
