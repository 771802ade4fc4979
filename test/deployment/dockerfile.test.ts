import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import packageJson from '../../package.json' with { type: 'json' };
import { startFlags } from './image-checks.ts';

const ROOT = join(import.meta.dirname, '../..');

type Instruction = { readonly name: string; readonly value: string };

const stages = stagesOf(readFileSync(join(ROOT, 'Dockerfile.ingress-egress'), 'utf8'));
const [build = [], shipped = []] = stages;
const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n').filter(isRule);

test('the image is built in two stages, of which the first leaves nothing behind but dist/', () => {
  assert.equal(stages.length, 2);
  for (const stage of stages) assert.match(valuesOf(stage, 'FROM')[0] ?? '', /^node:24-slim\b/);
  assert.deepEqual(valuesOf(shipped, 'COPY'), [
    'package.json package-lock.json ./',
    '--from=build /app/dist/ dist/',
  ]);
});

test('no install script of a package runs while it is built, and development dependencies are not shipped', () => {
  const installs = stages
    .flatMap((stage) => valuesOf(stage, 'RUN'))
    .filter((run) => /\bnpm (ci|i)/.test(run));
  assert.equal(installs.length, 2);
  for (const run of installs) assert.match(run, /npm ci .*--ignore-scripts/);
  assert.match(installs[1] ?? '', /--omit=dev/);
  assert.deepEqual(environment(build), []);
});

test('the gateway is started by itself, under the flags of npm start, and not as root', () => {
  assert.deepEqual(valuesOf(shipped, 'USER'), ['node']);
  assert.deepEqual(valuesOf(shipped, 'ENTRYPOINT'), ['[]']);
  const command = ['node', ...startFlags(packageJson.scripts.start), 'dist/gateway/main.js'];
  assert.deepEqual(JSON.parse(valuesOf(shipped, 'CMD')[0] ?? ''), command);
});

test('the one place that is written to is a volume of the user it runs as', () => {
  assert.deepEqual(valuesOf(shipped, 'VOLUME'), ['/data']);
  assert.ok(environment(shipped).includes('DATA_DIR=/data'));
  assert.ok(valuesOf(shipped, 'RUN').some((run) => /install .*--owner=node .*\/data$/.test(run)));
});

test('the builder is given what the image is built from, and nothing else', () => {
  const [everything, ...rest] = ignored;
  assert.equal(everything, '*');
  const allowed = rest.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
  const copied = valuesOf(build, 'COPY').flatMap((copy) => copy.split(' ').slice(0, -1));
  assert.deepEqual(allowed.toSorted(), copied.map((path) => path.replace(/\/$/, '')).toSorted());
  for (const path of allowed) assert.ok(existsSync(join(ROOT, path)), path);
  for (const rule of ['**/node_modules', 'scripts/deploy', 'scripts/bench'])
    assert.ok(rest.includes(rule), rule);
});

/** Instructions by stage; continued lines are joined, comments left out. */
function stagesOf(text: string): Instruction[][] {
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '');
  const found: Instruction[][] = [];
  for (const line of lines) {
    const [, name = '', value = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (name === 'FROM') found.push([]);
    found.at(-1)?.push({ name, value });
  }
  return found;
}

function valuesOf(stage: readonly Instruction[], name: string): string[] {
  return stage.filter((instruction) => instruction.name === name).map(({ value }) => value);
}

function environment(stage: readonly Instruction[]): string[] {
  return valuesOf(stage, 'ENV').flatMap((value) => value.split(/\s+/));
}

function isRule(line: string): boolean {
  return line !== '' && !line.startsWith('#');
}
