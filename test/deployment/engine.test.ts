import assert from 'node:assert/strict';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../integration/gateway-process.ts';
import { call, interrupt, withEngine } from './engine.ts';

/** An engine that notes in WORK_DIR what it was asked, and of which `ready` does what it is told. */
async function engine(directory: string, name: string, ready: string) {
  const script = join(directory, `${name}.sh`);
  const text = `#!/bin/sh\necho "${name} $*" >>"$WORK_DIR/asked"\ncase $1 in ready) ${ready} ;; build) echo built ;; esac\n`;
  await writeFile(script, text);
  await chmod(script, 0o755);
  return { script, env: {} };
}

const asked = (directory: string) => readFile(join(directory, 'asked'), 'utf8');

test('the first engine that is ready is lent out, and what it made is taken away', async () => {
  await using directory = await temporaryDirectory();
  const engines = [
    await engine(directory.path, 'a', 'echo trying; echo a is not here; exit 1'),
    await engine(directory.path, 'b', 'echo b 1.0'),
    await engine(directory.path, 'c', 'echo c 1.0'),
  ];
  const built = await withEngine(
    directory.path,
    'tag',
    async (lent) => `${lent.name}: ${await call(lent, 'build', 'tag', 'file')}`,
    engines,
  );
  assert.equal(built, 'b 1.0: built');
  assert.equal(await asked(directory.path), 'a ready\na clean tag\nb ready\nb build tag file\nb clean tag\n');
});

test('what it made is taken away after a failure, too', async () => {
  await using directory = await temporaryDirectory();
  const engines = [await engine(directory.path, 'a', 'echo a 1.0')];
  const failed = withEngine(directory.path, 'tag', () => Promise.reject(new Error('no')), engines);
  await assert.rejects(failed, /^Error: no$/);
  assert.equal(await asked(directory.path), 'a ready\na clean tag\n');
});

test('where none is ready, each says why', async () => {
  await using directory = await temporaryDirectory();
  const engines = [
    await engine(directory.path, 'a', 'echo a is not here; exit 1'),
    await engine(directory.path, 'b', 'echo b needs root; exit 1'),
  ];
  const outcome = await withEngine(directory.path, 'tag', () => Promise.resolve('used'), engines);
  assert.deepEqual(outcome, { reasons: ['a is not here', 'b needs root'] });
});

test('one that breaks without a word is a failure, not an absence', async () => {
  await using directory = await temporaryDirectory();
  const engines = [await engine(directory.path, 'a', 'exit 1')];
  await assert.rejects(withEngine(directory.path, 'tag', () => Promise.resolve('used'), engines));
});

test('an engine that is interrupted ends with whatever it has started, and what it made is taken away', async () => {
  await using directory = await temporaryDirectory();
  const script = join(directory.path, 'engine.sh');
  // As long as the sleep has its standard output the call is not over.
  const build = 'sleep 600 & kill -HUP "$1"; wait';
  const text = `#!/bin/sh\necho "$1" >>"$WORK_DIR/asked"\n[ "$1" != build ] || { shift; ${build}; }\necho ready\n`;
  await writeFile(script, text);
  await chmod(script, 0o755);
  process.once('SIGHUP', interrupt);
  const built = withEngine(directory.path, 'tag', (lent) => call(lent, 'build', String(process.pid)), [
    { script, env: {} },
  ]);
  await assert.rejects(built, /^Error: build [0-9]+: SIGTERM/);
  assert.equal(await asked(directory.path), 'ready\nbuild\nclean\n');
});
