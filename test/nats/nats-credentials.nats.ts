import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nkeys } from '@nats-io/transport-node';
import { startNatsServer } from '../fakes/nats-server.ts';
import { tempDir } from '../gateway/store/temp-dir.ts';
import { ObservedBus } from './observed-bus.ts';

const withPassword = (password: string) =>
  `authorization { users: [ { user: root, password: root }, { user: bridge, password: ${password} } ] }`;

test('with another password it is down and says whose matter that is; with the old one it is up again', async () => {
  const admin = { user: 'root', pass: 'root' };
  await using server = await startNatsServer({ config: withPassword('canary1'), admin });
  const url = server.url.replace('//', '//bridge:canary1@');
  await using observed = new ObservedBus({ url });
  await observed.becomes('up');
  await server.reload(withPassword('other12'));
  await observed.becomes('down', /refuses the credentials: check NATS_URL and NATS_CREDS_FILE/);
  await server.reload(withPassword('canary1'));
  await observed.becomes('up');
  assert.doesNotMatch(JSON.stringify([observed.said, observed.warnings]), /canary/);
});

test('a token in the address is what the server asks for', async () => {
  await using server = await startNatsServer({
    config: 'authorization { token: "s3:cr3t" }',
    admin: { token: 's3:cr3t' },
  });
  await using stranger = new ObservedBus({ url: server.url });
  await stranger.becomes('down', /refuses the credentials/);
  await using observed = new ObservedBus({ url: server.url.replace('//', '//s3%3Acr3t@') });
  await observed.becomes('up');
});

test('a file of credentials is read anew for each connection', async (t) => {
  const [mine, other] = [nkeys.createUser(), nkeys.createUser()];
  const credsFile = join(tempDir(t), 'bridge.creds');
  const admin = { user: 'root', pass: 'root' };
  const users = `{ user: root, password: root }, { nkey: ${mine.getPublicKey()} }`;
  await using server = await startNatsServer({ config: `authorization { users: [ ${users} ] }`, admin });
  writeFileSync(credsFile, 'no credentials at all');
  await using observed = new ObservedBus({ url: server.url, credsFile });
  await observed.becomes('down', /unable to parse credentials/);
  writeFileSync(credsFile, credentials(other));
  await observed.becomes('down', /refuses the credentials/);
  rmSync(credsFile);
  await observed.becomes('down', /ENOENT/);
  writeFileSync(credsFile, credentials(mine));
  await observed.becomes('up');
  assert.equal((await observed.ask(1)).kind, 'stored');
});

/** The server of this test looks at the key alone, so that the token may be anything. */
function credentials(key: ReturnType<typeof nkeys.createUser>): string {
  const seed = Buffer.from(key.getSeed()).toString();
  return `-----BEGIN NATS USER JWT-----
any.token.here
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${seed}
------END USER NKEY SEED------
`;
}

test('tls:// is not content with a server that has none', async () => {
  await using server = await startNatsServer();
  await using observed = new ObservedBus({ url: server.url.replace('nats:', 'tls:') });
  await observed.becomes('down', /tls/);
});
