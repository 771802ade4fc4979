import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { tlsOptions } from '../../gateway/bus/nats-tls.ts';
import { startNatsServer, type NatsServer } from '../fakes/nats-server.ts';
import { tempDir } from '../gateway/store/temp-dir.ts';
import { ObservedBus } from './observed-bus.ts';

type TlsServer = { readonly server: NatsServer; readonly certificate: string };

/** A server that speaks TLS only, with a certificate that vouches for itself. @param names as in `IP:127.0.0.1` */
async function startTlsServer(t: TestContext, names: string): Promise<TlsServer> {
  const directory = tempDir(t);
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => join(directory, name)) as [string, string];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-subj', '/CN=bus', '-addext', `subjectAltName=${names}`];
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'pipe' });
  const certificate = readFileSync(cert, 'utf8');
  const anyName = { ...tlsOptions([]), checkServerIdentity: () => undefined };
  const server = await startNatsServer({
    config: `tls { cert_file: ${JSON.stringify(cert)}, key_file: ${JSON.stringify(key)} }`,
    admin: { tls: { ...anyName, ca: certificate } },
  });
  t.after(() => server[Symbol.asyncDispose]());
  return { server, certificate };
}

/** What NODE_EXTRA_CA_CERTS does at the start of a process. */
function trust(t: TestContext, { certificate }: TlsServer): void {
  const usual = getCACertificates();
  setDefaultCACertificates([...usual, certificate]);
  t.after(() => setDefaultCACertificates(usual));
}

const busAt = (host: string, { server }: TlsServer): ObservedBus =>
  new ObservedBus({ url: `tls://${host}:${server.port}` });

test('a server whose certificate nobody vouches for is not believed, and the reason is told', async (t) => {
  await using bus = busAt('127.0.0.1', await startTlsServer(t, 'IP:127.0.0.1'));
  await bus.becomes('down', /self-signed certificate/);
});

test('a certificate holds for the address or the name that was given, and for nothing else', async (t) => {
  const byAddress = await startTlsServer(t, 'IP:127.0.0.1');
  const byName = await startTlsServer(t, 'DNS:localhost');
  trust(t, byAddress);
  trust(t, byName);
  for (const [host, server] of [['127.0.0.1', byAddress] as const, ['localhost', byName] as const]) {
    await using bus = busAt(host, server);
    await bus.becomes('up');
  }
  for (const [host, server] of [['127.0.0.1', byName] as const, ['localhost', byAddress] as const]) {
    await using bus = busAt(host, server);
    await bus.becomes('down', /does not match certificate's altnames|is not in the cert's list/);
  }
});

test('over TLS it publishes, hears the acks, and is up again after the link was lost', async (t) => {
  const secured = await startTlsServer(t, 'IP:127.0.0.1');
  trust(t, secured);
  await using bus = busAt('127.0.0.1', secured);
  await bus.becomes('up');
  assert.equal((await bus.ask(1)).kind, 'stored');
  await secured.server.kill();
  await bus.becomes('down');
  await secured.server.start();
  await bus.becomes('up');
  assert.equal((await bus.ask(2)).kind, 'stored');
});
