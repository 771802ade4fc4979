import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';

test('--once stores what was said, shows it and the balanced ledger, and exits 0', async (t) => {
  const { code, stdout, stderr } = await run(t, ['--once', '--seed', '3']);
  assert.deepEqual([code, stderr], [0, '']);
  const [, said, stored] = /(\d+) lines said, (\d+) envelopes stored/.exec(stdout) ?? [];
  assert.ok(Number(said) > 100);
  assert.equal(stored, said);
  assert.match(stdout, /#cosy_kitchen/);
  assert.match(stdout, new RegExp(`received ${said} .* dropped 0\n$`));
});

for (const [args, complaint] of [
  [['--twice'], /^Unknown option '--twice'/],
  [['--seed', 'x'], /^--seed takes a whole number, not "x"/],
] as const) {
  test(`${args.join(' ')} is bad use: exit code 2, and how to use it`, async (t) => {
    const { code, stdout, stderr } = await run(t, args);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, complaint);
    assert.match(stderr, /Usage: npm run demo -- /);
  });
}

test('a wrong setting and a taken PORT exit 2, in a sentence and not in a stack', async (t) => {
  const wrong = await run(t, ['--once'], { PORT: 'abc' });
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /^PORT is "abc": it must be [^\n]*\n$/);
  const holder = createServer().listen(0);
  t.after(() => holder.close());
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const taken = await run(t, ['--once'], { PORT: String(port) });
  assert.equal(taken.code, 2);
  assert.match(taken.stderr, /^PORT: \d+ is in use; [^\n]*\n$/);
});

/** Runs it to its end. */
async function run(t: TestContext, args: readonly string[], env: Record<string, string> = {}) {
  const script = join(import.meta.dirname, '../../scripts/demo.ts');
  const child = spawn(process.execPath, [script, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const exitCode = once(child, 'exit').then(([code]) => code as number | null);
  const [code, stdout, stderr] = await Promise.all([exitCode, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}
