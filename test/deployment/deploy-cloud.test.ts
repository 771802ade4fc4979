import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../integration/gateway-process.ts';
import { runDeploy } from './deploy-process.ts';

const SETTINGS = {
  GOOGLE_CLOUD_PROJECT: 'one-project',
  TWITCH_CHANNELS: 'ada, grace',
  MESSAGE_BUS_DRIVER: 'nats',
  NATS_URL: 'nats://nats.example.com',
};

/** A gcloud that notes what it is given, a line each, and then does as the script says. */
async function fakeGcloud(directory: string, script: string): Promise<() => Promise<string[]>> {
  const notes = join(directory, 'notes');
  const lines = ['#!/bin/sh', `echo "$*" >>'${notes}'`, script];
  await writeFile(join(directory, 'gcloud'), `${lines.join('\n')}\n`, { mode: 0o755 });
  return async () => (await readFile(notes, 'utf8')).trimEnd().split('\n');
}

test('a dry run without any settings plans with the example, says so first, and exits 0', async () => {
  const { code, stdout, stderr } = await runDeploy(['--dry-run']);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^No settings were given: this is planned with those of ops\/cloud\.env\.example\.\n/);
  for (const job of ['gateway', 'replay', 'redrive', 'refresh-token'])
    assert.match(stdout, new RegExp(`^gcloud run jobs deploy ingress-egress-${job} `, 'm'));
  assert.match(stdout, /^gcloud run deploy ingress-egress /m);
});

test('settings that everybody has in the environment are no sign of a deployment', async () => {
  const { code, stdout } = await runDeploy(['--dry-run'], { PORT: '3000', LOG_LEVEL: 'debug' });
  assert.equal(code, 0);
  assert.match(stdout, /^No settings were given/);
});

test('a deployment without settings names each that is missing, exits 2 and runs nothing', async () => {
  const { code, stdout, stderr } = await runDeploy([]);
  assert.deepEqual([code, stdout], [2, '']);
  for (const name of ['No project', 'TWITCH_CHANNELS', 'MESSAGE_BUS_DRIVER', 'NATS_URL'])
    assert.match(stderr, new RegExp(`^ {2}- ${name}.* (?:is|is not) (?:set|named)`, 'm'), name);
});

test('a dry run with settings that cannot be deployed exits 2 as well', async () => {
  const { code, stderr } = await runDeploy(['--dry-run'], { ...SETTINGS, MESSAGE_BUS_DRIVER: 'embedded' });
  assert.equal(code, 2);
  assert.match(stderr, /MESSAGE_BUS_DRIVER is "embedded": it must be "nats"/);
});

test('a dry run needs no project, and says for which it planned', async () => {
  const { GOOGLE_CLOUD_PROJECT: _, ...settings } = SETTINGS;
  const { code, stdout } = await runDeploy(['--dry-run'], settings);
  assert.equal(code, 0);
  assert.match(stdout, /^No project is named: this is planned for "my-project"\./);
});

test('--project, --region, --image and --tasks are in the plan and in the commands', async () => {
  const flags = ['--project=other-project', '--region=europe-west4', '--image=eu.example/a/b:7', '--tasks=3'];
  const { code, stdout } = await runDeploy(['--dry-run', ...flags], SETTINGS);
  assert.equal(code, 0);
  assert.match(stdout, /^Plan for project other-project, region europe-west4$/m);
  assert.match(stdout, /^ {2}--image=eu\.example\/a\/b:7 \\\n {2}--region=europe-west4 \\$/m);
  assert.match(stdout, /^ {2}--tasks=3 \\\n {2}--parallelism=3 \\$/m);
});

test('settings come from the file when one is named, and from nowhere else', async () => {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, 'cloud.env');
  const lines = Object.entries({ ...SETTINGS, TWITCH_CHANNELS: 'linus' }).map(
    ([name, value]) => `${name}=${value}`,
  );
  await writeFile(file, lines.join('\n'));
  const { code, stdout } = await runDeploy(['--dry-run', '--env-file', file], {
    ...SETTINGS,
    BUS_PREFIX: 'not.',
  });
  assert.equal(code, 0);
  assert.match(stdout, /^ {2}TWITCH_CHANNELS=linus$/m);
  assert.doesNotMatch(stdout, /BUS_PREFIX/);
});

test('bad use exits 2 and says what is allowed', async () => {
  const uses: readonly (readonly [args: readonly string[], expected: RegExp])[] = [
    [['--dryrun'], /Unknown option '--dryrun'[^]*Usage: npm run deploy:cloud/],
    [['--tasks=0'], /--tasks takes a decimal integer from 1 to 10000/],
    [['--dry-run', '--env-file=/nonexistent/cloud.env'], /--env-file: ENOENT/],
    [['--dry-run', '--project=Bad_Project'], /The project is "Bad_Project": it must be/],
    [['--dry-run', '--region=moon'], /--region is "moon": it must be/],
    [['--dry-run', '--image=a b'], /--image is "a b": it must be/],
  ];
  for (const [args, expected] of uses) {
    const { code, stdout, stderr } = await runDeploy(args);
    assert.deepEqual([code, stdout], [2, ''], args.join(' '));
    assert.match(stderr, expected);
  }
});

test('--help exits 0', async () => {
  const { code, stdout } = await runDeploy(['--help']);
  assert.equal(code, 0);
  assert.match(stdout, /Usage: npm run deploy:cloud -- \[--dry-run\]/);
});

test('a deployment runs the commands that a dry run prints, word for word', async () => {
  await using directory = await temporaryDirectory();
  const notes = await fakeGcloud(directory.path, 'case "$*" in *describe*) exit 1;; esac');
  const ran = await runDeploy([], SETTINGS, directory.path);
  assert.deepEqual([ran.code, ran.stderr], [0, '']);
  const planned = await runDeploy(['--dry-run'], SETTINGS);
  const commands = planned.stdout
    .replaceAll(/ \\\n {2}/g, ' ')
    .split('\n')
    .filter((line) => line.startsWith('gcloud '))
    .map((line) => line.replace('gcloud ', '').replace(/ >.*/, '').replaceAll("'", ''));
  assert.deepEqual(await notes(), commands);
});

test('what is there already is not made again', async () => {
  await using directory = await temporaryDirectory();
  const notes = await fakeGcloud(directory.path, 'exit 0');
  const { code, stdout } = await runDeploy([], SETTINGS, directory.path);
  assert.equal(code, 0);
  assert.match(stdout, /a service account of its own: there already/);
  assert.ok((await notes()).every((line) => !line.includes(' create ')));
});

test('it stops at the first command that fails, says which, and exits 1', async () => {
  await using directory = await temporaryDirectory();
  const notes = await fakeGcloud(directory.path, 'case "$*" in "run deploy"*) exit 7;; esac');
  const { code, stdout } = await runDeploy([], SETTINGS, directory.path);
  assert.equal(code, 1);
  assert.match((await notes()).at(-1) ?? '', /^run deploy /);
  assert.match(stdout, /Exit code 7; nothing after it was run\.[^]*\n {2}gcloud run deploy /);
});

test('without gcloud a deployment says where to get it, and exits 1', async () => {
  const { code, stdout } = await runDeploy([], SETTINGS);
  assert.equal(code, 1);
  assert.match(stdout, /gcloud is not installed: https:\/\/cloud\.google\.com\/sdk/);
});
