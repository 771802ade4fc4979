import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pasted, pastedInLines } from '../../scripts/deploy/shell.ts';
import { difference, inAnyOrder, withoutVolatile, type Capture } from './captured-requests.ts';
import { commandsIn } from './documented-commands.ts';

const text = readFileSync(new URL('../fixtures/deployment/gcloud-requests.json', import.meta.url), 'utf8');
const { requests } = JSON.parse(text) as Capture;

test('a single changed field of a request is a difference, and is shown', () => {
  assert.equal(difference(requests, requests), undefined);
  const changed = text.replace('/health/startup', '/health/started');
  const found = difference((JSON.parse(changed) as Capture).requests, requests);
  assert.match(found ?? '', /^\+.*\/health\/started/m);
  assert.match(found ?? '', /^-.*\/health\/startup/m);
});

test('a request too few or too many is a difference', () => {
  assert.notEqual(difference(requests.slice(1), requests), undefined);
  assert.notEqual(difference([...requests, { method: 'POST', url: 'x', body: {} }], requests), undefined);
});

test('what gcloud draws by lot is left out, and nothing else', () => {
  const sent = {
    labels: { 'client.knative.dev/nonce': 'pir_xah_buj', app: 'x' },
    volumes: [{ name: 'nats-creds-xuz-jek-wim' }, { name: 'recordings' }],
  };
  assert.deepEqual(withoutVolatile(sent), {
    labels: { app: 'x' },
    volumes: [{ name: 'nats-creds-…' }, { name: 'recordings' }],
  });
});

test('members and items in another order are no difference, others are', () => {
  const volumes = { volumes: [{ name: 'a', items: [1, 2] }, { name: 'b' }], n: 1 };
  const same = { n: 1, volumes: [{ name: 'b' }, { items: [2, 1], name: 'a' }] };
  assert.equal(difference(inAnyOrder(same), inAnyOrder(volumes)), undefined);
  const twice = { ...volumes, volumes: [...volumes.volumes, { name: 'b' }] };
  assert.match(difference(inAnyOrder(twice), inAnyOrder(volumes)) ?? '', /^\+ .*"name": "b"/m);
});

test('gcloud commands are found in fenced blocks and between backticks, over line ends', () => {
  const markdown = [
    'Run `gcloud run\nservices list`, not `npm test`.',
    '```sh',
    'gcloud builds submit \\',
    '  --config=cloudbuild.yaml',
    'npm start',
    'printf x | gcloud secrets create s --data-file=-    # once',
    '```',
  ];
  assert.deepEqual(commandsIn(markdown.join('\n')), [
    'gcloud builds submit --config=cloudbuild.yaml',
    'gcloud secrets create s --data-file=-',
    'gcloud run services list',
  ]);
});

test('what is printed to be pasted is read by a shell as the words it was', () => {
  const words = ['printf', '%s\\n', '--flag=^;^A=b,c;D=e f', "it's", '$HOME `x` "y" \\', '--last=*'];
  for (const command of [pasted(words), pastedInLines(words)]) {
    const printed = execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' });
    assert.deepEqual(printed.trimEnd().split('\n'), words.slice(2));
  }
});
