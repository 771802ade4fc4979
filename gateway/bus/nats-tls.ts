import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/** The name that Node assumes for a server without one. */
const UNNAMED = 'localhost';

/**
 * TLS as the system trusts it (`NODE_EXTRA_CA_CERTS` adds to that). For a server given as an IP address the client passes
 * no name on: its certificate is checked against the addresses that were given.
 *
 * @param servers `host:port`, an IPv6 address in brackets
 */
export function tlsOptions(servers: readonly string[]) {
  const hosts = servers.map((server) => server.replace(/:[0-9]+$/, '').replace(/^\[(.*)\]$/, '$1'));
  const unnamed = hosts.filter((host) => isIP(host) !== 0 || host === UNNAMED);
  return {
    handshakeFirst: false,
    checkServerIdentity(name: string, certificate: PeerCertificate): Error | undefined {
      const names = name === UNNAMED ? unnamed : [name];
      const errors = names.map((one) => checkServerIdentity(one, certificate));
      return errors.includes(undefined) ? undefined : errors[0];
    },
  };
}
