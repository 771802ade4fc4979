import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
const BACKLOG = 'planning/sprint-99-c7d1a9/backlog.yaml';

type Evidence = {
  readonly id: string;
  readonly title: string;
  readonly files: readonly string[];
  readonly tests: readonly string[];
};
type Backlog = {
  readonly workstreams: readonly { readonly name: string; readonly items: readonly string[] }[];
  readonly items: readonly Evidence[];
  readonly milestones: readonly (Evidence & { readonly items: readonly string[] })[];
};

const { workstreams, items, milestones } = parse(readFileSync(join(ROOT, BACKLOG), 'utf8')) as Backlog;
const ids = items.map(({ id }) => id);

for (const { id, title, files, tests } of [...items, ...milestones]) {
  test(`${id}, ${title}: its files and its tests are there, and the tests are run`, () => {
    assert.ok(files.length > 0 && tests.length > 0);
    assert.deepEqual(
      [...files, ...tests].filter((path) => !existsSync(join(ROOT, path))),
      [],
    );
    // What npm test, npm run test:nats and npm run test:firestore look for.
    assert.deepEqual(
      tests.filter((path) => !/^test\/(.*\.test|nats\/.*\.nats|firestore\/.*\.emulator)\.ts$/.test(path)),
      [],
    );
  });
}

test('the backlog has the items 01 to 10 and the milestones 1 to 7, each once', () => {
  assert.deepEqual(
    ids,
    Array.from({ length: 10 }, (_, index) => `INEG-${String(index + 1).padStart(2, '0')}`),
  );
  assert.deepEqual(
    milestones.map(({ id }) => id),
    Array.from({ length: 7 }, (_, index) => `M${index + 1}`),
  );
});

test('every item belongs to one workstream and to one milestone', () => {
  assert.deepEqual(
    workstreams.flatMap((workstream) => workstream.items),
    ids,
  );
  assert.deepEqual(milestones.flatMap((milestone) => milestone.items).toSorted(), ids);
});
