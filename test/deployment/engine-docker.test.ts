import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';

const SCRIPT = join(import.meta.dirname, '../../scripts/rehearse/engine-docker.sh');

/** The engine's verbs with a docker that notes its arguments, one call a line, and then does as `body` says. */
function engine(t: TestContext, body = '') {
  const directory = mkdtempSync(join(tmpdir(), 'engine-docker-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const docker = join(directory, 'docker');
  writeFileSync(docker, `#!/bin/sh\necho "$*" >>"${directory}/calls"\n${body}\n`);
  chmodSync(docker, 0o755);
  const env = {
    ENGINE: 'docker',
    WORK_DIR: directory,
    PATH: `${directory}${delimiter}${process.env['PATH']}`,
  };
  return {
    verb: (...args: readonly string[]) => execFileSync(SCRIPT, args, { env, encoding: 'utf8' }).trim(),
    calls: () => readFileSync(join(directory, 'calls'), 'utf8').trimEnd().split('\n'),
  };
}

const said = (error: unknown): string => String((error as { readonly stdout: unknown }).stdout).trim();

test('a client without a daemon is no engine', (t) => {
  const { verb } = engine(t, 'exit 1');
  assert.throws(
    () => verb('ready'),
    (error) => said(error) === 'docker has no running daemon',
  );
});

test('an engine that can fetch the base image is ready, and says what it is', (t) => {
  const { verb } = engine(t, '[ "$1" != --version ] || echo Docker version 99');
  assert.equal(verb('ready'), 'Docker version 99, on docker.io/library/node:24-slim');
});

test('one that cannot fetch the base image is none', (t) => {
  const { verb } = engine(t, 'case "$1" in image | pull) exit 1 ;; esac');
  assert.throws(
    () => verb('ready'),
    (error) => said(error) === 'docker could not fetch docker.io/library/node:24-slim',
  );
});

test('the image runs read-only and without rights, and SIGTERM goes to that container', (t) => {
  const { verb, calls } = engine(t);
  verb('run', 'tag', 'A=B C', 'D=E');
  verb('run', 'tag', '--', 'node', '--eval', '1 + 1');
  verb('terminate', 'tag');
  const [first = '', second = '', third = ''] = calls();
  assert.match(first, /^run --rm --name tag-\d+ --read-only --cap-drop=ALL .* --env A=B C --env D=E tag$/);
  assert.match(second, /--network=host tag node --eval 1 \+ 1$/);
  const [, container] = /--name (\S+)/.exec(second) ?? [];
  assert.equal(third, `kill --signal TERM ${container}`);
});
