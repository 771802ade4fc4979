import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkConfig, checkInside, startFlags, type ImageConfig, type Inside } from './image-checks.ts';

const START = 'exec node --small --import ./scripts/node24.mjs gateway/main.ts';

const CONFIG: ImageConfig = {
  User: 'node',
  Cmd: ['node', '--small', 'dist/gateway/main.js'],
  Env: ['NODE_ENV=production'],
  Volumes: { '/data': {} },
  Labels: { 'org.opencontainers.image.title': 'ingress-egress' },
};

const INSIDE: Inside = {
  uid: 1000,
  pid: 1,
  node: 'v24.21.0',
  writes: { '/': 'EROFS', '.': 'EROFS', '/tmp': 'EROFS', '/data': 'written' },
  files: ['dist', 'node_modules', 'package-lock.json', 'package.json'],
  distBytes: 1,
  packageBytes: { ws: 1 },
};

test('the flags of npm start are those for Node itself', () => {
  assert.deepEqual(startFlags(START), ['--small']);
});

test('an image that starts the gateway itself, without root, is well configured', () => {
  checkConfig(CONFIG, START);
  checkConfig({ ...CONFIG, Entrypoint: null }, START);
});

for (const [what, change] of [
  ['that runs as root', { User: '' }],
  ['with an entrypoint in between', { Entrypoint: ['docker-entrypoint.sh'] }],
  ['with a shell in between', { Cmd: ['/bin/sh', '-c', 'node --small dist/gateway/main.js'] }],
  ['that forgets a flag', { Cmd: ['node', 'dist/gateway/main.js'] }],
  ['for development', { Env: [] }],
  ['without its volume', { Volumes: {} }],
  ['without its name', { Labels: {} }],
] as const) {
  test(`an image ${what} is found out by its configuration`, () => {
    assert.throws(() => checkConfig({ ...CONFIG, ...change }, START), assert.AssertionError);
  });
}

test('an image that is read-only but for its data, and carries what it needs, is well inside', () => {
  checkInside(INSIDE, ['ws']);
});

for (const [what, change] of [
  ['that is root', { uid: 0 }],
  ['that is not process 1', { pid: 7 }],
  ['on an older Node', { node: 'v20.20.2' }],
  ['that can write beside its data', { writes: { ...INSIDE.writes, '/tmp': 'written' } }],
  ['that cannot write its data', { writes: { ...INSIDE.writes, '/data': 'EACCES' } }],
  ['with the tests in it', { files: [...INSIDE.files, 'test'] }],
  ['that lacks a dependency', { packageBytes: {} }],
  ['with a compiler in it', { packageBytes: { ws: 1, typescript: 1 } }],
] as const) {
  test(`an image ${what} is found out from inside`, () => {
    assert.throws(() => checkInside({ ...INSIDE, ...change }, ['ws']), assert.AssertionError);
  });
}
