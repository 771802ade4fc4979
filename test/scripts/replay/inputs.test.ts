import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { BadUse } from '../../../scripts/bad-use.ts';
import { inputsOf } from '../../../scripts/replay/inputs.ts';
import { tempDir } from '../../gateway/store/temp-dir.ts';

const ALONE = { index: 0, count: 1 };

/** A directory with these files, their names as content. */
function directoryOf(t: TestContext, ...names: readonly string[]): string {
  const directory = tempDir(t);
  for (const name of names) writeFileSync(join(directory, name), name);
  return directory;
}

test('a directory stands for its files in the order of their names, which is that of their times', async (t) => {
  const directory = directoryOf(t, 'b.jsonl', 'c.log.gz', 'a.jsonl', '.hidden');
  mkdirSync(join(directory, 'deeper'));
  const file = join(directory, 'b.jsonl');
  assert.deepEqual(await inputsOf([file, directory], ALONE), [
    { path: file, bytes: 7 },
    { path: join(directory, 'a.jsonl'), bytes: 7 },
    { path: file, bytes: 7 },
    { path: join(directory, 'c.log.gz'), bytes: 8 },
  ]);
});

test('a dash is standard input', async () => {
  assert.deepEqual(await inputsOf(['-'], ALONE), [{ path: undefined, bytes: undefined }]);
});

test('tasks share the files by index: each file has exactly one of them', async (t) => {
  const names = ['0', '1', '2', '3', '4'];
  const directory = directoryOf(t, ...names);
  const share = async (index: number, count: number) =>
    (await inputsOf([directory], { index, count })).map(({ path }) => path?.slice(-1));
  assert.deepEqual(await share(0, 2), ['0', '2', '4']);
  assert.deepEqual(await share(1, 2), ['1', '3']);
  assert.deepEqual(await share(6, 7), []);
});

test('what cannot be read is refused by name, whosever it would be', async (t) => {
  const directory = directoryOf(t, 'a');
  const empty = tempDir(t);
  for (const path of [join(directory, 'none'), empty, join(directory, 'a', 'b')]) {
    const refused = inputsOf([directory, path], { index: 0, count: 2 });
    await assert.rejects(
      refused,
      (error) => error instanceof BadUse && error.message.startsWith(`${path}: `),
    );
  }
});
