import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { temporaryDirectory } from '../integration/gateway-process.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What Cloud Build itself sets: https://cloud.google.com/build/docs/configuring-builds/substitute-variable-values */
const BUILT_IN = new Set(['PROJECT_ID', 'BUILD_ID', 'COMMIT_SHA']);

type Step = {
  readonly id: string;
  readonly name: string;
  readonly entrypoint?: string;
  readonly args: string[];
};
type Build = {
  readonly steps: readonly Step[];
  readonly substitutions: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly images: readonly string[];
  readonly timeout: string;
};

const text = readFileSync(join(ROOT, 'cloudbuild.yaml'), 'utf8');
const build = parse(text) as Build;

test('a build checks first, then makes the image, and deploys last', () => {
  const ids = build.steps.map(({ id }) => id);
  assert.deepEqual(ids, ['install', 'lint', 'typecheck', 'test', 'image', 'push', 'deploy']);
  assert.equal(build.options['logging'], 'CLOUD_LOGGING_ONLY');
  assert.match(build.timeout, /^\d+s$/);
});

test('every substitution that is used is declared or built in, and every declared one is used', () => {
  const used = new Set([...text.matchAll(/(?<!\$)\$\{(\w+)\}/g)].map(([, name = '']) => name));
  const declared = Object.keys(build.substitutions);
  assert.deepEqual(
    [...used].filter((name) => !BUILT_IN.has(name) && !declared.includes(name)),
    [],
  );
  assert.deepEqual(
    declared.filter((name) => !used.has(name)),
    [],
  );
  for (const [name, value] of Object.entries(build.substitutions)) assert.equal(typeof value, 'string', name);
});

test('every step names its image; those of npm run scripts that exist, on the Node that the image has', () => {
  for (const { id, name, entrypoint, args } of build.steps) {
    assert.match(name, /^(node:24|gcr\.io\/.+)$/, id);
    if (entrypoint !== 'npm') continue;
    const script = args.at(-1) ?? '';
    assert.ok(script === 'ci' || script in packageJson.scripts, script);
  }
});

test('what is pushed is what was built, and what is deployed', () => {
  const [image = ''] = build.images;
  assert.ok(step('image').args.includes(`--tag=${image}`));
  assert.deepEqual(step('push').args, ['push', image]);
  assert.ok(step('deploy').args.at(-1)?.includes(`--image '${image}'`));
  const [, file = ''] = /^--file=(.+)$/m.exec(step('image').args.join('\n')) ?? [];
  assert.ok(existsSync(join(ROOT, file)), file);
});

for (const [substitutions, expected] of [
  [{}, []],
  [{ _ENV_FILE: 'my settings.env' }, ['--env-file', 'my settings.env']],
  [{ _DRY_RUN: 'true' }, ['--dry-run']],
  [{ _DRY_RUN: 'yes', _ENV_FILE: 'a.env' }, ['--env-file', 'a.env', '--dry-run']],
] as const) {
  test(`with ${JSON.stringify(substitutions)} the deployment gets ${JSON.stringify(expected)}`, async () => {
    const [separator, script = '', ...args] = await deployed({ ...build.substitutions, ...substitutions });
    assert.equal(separator, '--', 'Node reads --env-file behind the script, too');
    assert.ok(existsSync(join(ROOT, script)), script);
    assert.deepEqual(args, [
      '--project',
      'P',
      '--region',
      'us-central1',
      '--image',
      'us-central1-docker.pkg.dev/P/ingress-egress/ingress-egress:B',
      ...expected,
    ]);
  });
}

function step(id: string): Step {
  const found = build.steps.find((candidate) => candidate.id === id);
  assert.ok(found, id);
  return found;
}

/** Runs the last step as Cloud Build would, where `node` only tells what it was given. */
async function deployed(substitutions: Readonly<Record<string, string>>): Promise<string[]> {
  await using directory = await temporaryDirectory();
  const bin = join(directory.path, 'node_modules/.bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'node'), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
  await chmod(join(bin, 'node'), 0o755);
  const { entrypoint = '', args } = step('deploy');
  const values = { ...substitutions, PROJECT_ID: 'P', BUILD_ID: 'B' };
  const given = args.map((arg) => substituted(substituted(arg, values), values).replaceAll('$$', '$'));
  return execFileSync(entrypoint, given, { cwd: directory.path, encoding: 'utf8' }).trimEnd().split('\n');
}

/** As Cloud Build does it; `$$` stands for a dollar that is the shell's. */
function substituted(arg: string, values: Readonly<Record<string, string>>): string {
  return arg.replaceAll(/(?<!\$)\$\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}
