import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { systemClock, type Clock } from '../../../gateway/clock.ts';
import { GoogleAccessError, googleHeaders, googleProject } from '../../../gateway/secrets/google-access.ts';
import { tempDir } from '../store/temp-dir.ts';

const URL_ASKED = 'https://secretmanager.googleapis.com/v1/x';

/** Nothing of this machine's own is found: no key, no gcloud, no project. */
function surround(t: TestContext, env: Readonly<Record<string, string>>): void {
  const before = { ...process.env };
  for (const name of ['GOOGLE_APPLICATION_CREDENTIALS', 'GCLOUD_PROJECT', 'GOOGLE_CLOUD_PROJECT'])
    delete process.env[name];
  Object.assign(process.env, { CLOUDSDK_CONFIG: tempDir(t), HOME: tempDir(t), PATH: tempDir(t), ...env });
  t.after(() => {
    process.env = before;
  });
}

/** https://cloud.google.com/compute/docs/metadata/overview */
async function metadataServer(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('metadata-flavor', 'Google');
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function refused(work: Promise<unknown>, says: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof GoogleAccessError);
    assert.match(error.message, says);
    assert.doesNotMatch(inspect(error, { depth: null, showHidden: true }), /canary/);
    return true;
  });
}

test("on Google Cloud the service account's own token is used, and its project", async (t) => {
  const asked: (string | undefined)[] = [];
  const host = await metadataServer(t, ({ url = '', headers }, response) => {
    asked.push(headers['metadata-flavor'] as string | undefined);
    response.setHeader('content-type', 'application/json');
    if (url.includes('/token')) response.end('{"access_token":"of-the-account","expires_in":3599}');
    else response.end(url.includes('project-id') ? 'my-project' : '"x"');
  });
  surround(t, { GCE_METADATA_HOST: host, METADATA_SERVER_DETECTION: 'assume-present' });
  const headers = await googleHeaders(URL_ASKED, systemClock);
  assert.equal(headers.get('authorization'), 'Bearer of-the-account');
  assert.equal(await googleProject(systemClock), 'my-project');
  assert.ok(asked.length > 0 && asked.every((flavor) => flavor === 'Google'));
});

test('without credentials the cure is told', async (t) => {
  surround(t, { METADATA_SERVER_DETECTION: 'none' });
  await refused(
    googleHeaders(URL_ASKED, systemClock),
    /no Google credentials .* gcloud auth application-default login$/,
  );
  await refused(googleProject(systemClock), /Set GOOGLE_CLOUD_PROJECT\.$/);
});

test('a key file that is none is told without a word of what it holds', async (t) => {
  const path = join(tempDir(t), 'key.json');
  for (const text of ['canary', '{"type":"service_account","private_key":"canary"}']) {
    writeFileSync(path, text);
    surround(t, { METADATA_SERVER_DETECTION: 'none', GOOGLE_APPLICATION_CREDENTIALS: path });
    await refused(googleHeaders(URL_ASKED, systemClock), /no Google credentials|gave no access token/);
  }
});

test('a metadata server that never answers is given up', async (t) => {
  const host = await metadataServer(t, () => {});
  surround(t, { GCE_METADATA_HOST: host, METADATA_SERVER_DETECTION: 'assume-present' });
  const soon: Clock = { ...systemClock, after: (_ms, task) => systemClock.after(50, task) };
  await refused(googleHeaders(URL_ASKED, soon), /gave no access token|no Google credentials/);
});
