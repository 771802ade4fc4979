import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complaints } from '../../scripts/validate/readme.ts';

const nothing = (): boolean => false;

test('a README whose commands, scripts and links all exist is left in peace', () => {
  const readme =
    'npm ci && npm run demo\nnpm test, `npm start`, npm run -s tail -- --json, npm run test:nats.\n' +
    '[here](docs/a.md#part) [there](https://example.com/x) [below](#below) npm install -g npm';
  const scripts = ['demo', 'test', 'start', 'tail', 'test:nats'];
  assert.deepEqual(
    complaints(readme, scripts, (path) => path === 'docs/a.md'),
    [],
  );
});

test('a command that does not exist is found', () => {
  assert.deepEqual(complaints('npm run dmeo', [], nothing), [
    'README.md names "npm run dmeo", and there is no such script',
  ]);
});

test('a script that nobody is told of is found', () => {
  assert.deepEqual(complaints('npm ci', ['build'], nothing), ['README.md does not mention "npm run build"']);
});

test('a link to a file that is not there is found', () => {
  assert.deepEqual(complaints('see [the licence](LICENCE)', [], nothing), [
    'README.md links to LICENCE, and there is no such file',
  ]);
});
