/** Where NATS is and who we are there; the same credentials for every server. */
export type NatsAddress = {
  /** `host:port`, IPv6 in brackets. */
  readonly servers: readonly string[];
  readonly tls: boolean;
  readonly user: string | undefined;
  readonly pass: string | undefined;
  readonly token: string | undefined;
};

/** `problem`: a sentence without any credential in it. */
export type NatsUrlReading =
  { readonly ok: true; readonly address: NatsAddress } | { readonly ok: false; readonly problem: string };

type Credentials = Pick<NatsAddress, 'user' | 'pass' | 'token'>;
type Server = { readonly scheme: string; readonly host: string; readonly credentials: Credentials };

const SERVER = /^(nats|tls):\/\/(?:([^@/?#]+)@)?(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*))(?::([0-9]+))?$/i;
const DEFAULT_PORT = 4222;
const NO_CREDENTIALS: Credentials = { user: undefined, pass: undefined, token: undefined };

class Refused extends Error {}

/**
 * Reads one or more server addresses, separated by commas: `nats://host`, `tls://user:pass@host:4222`,
 * `nats://token@[::1]`. Credentials are percent-decoded; those that are given must all be the same.
 *
 * The client library ignores the credentials and the scheme of an address, so it is taken apart here.
 */
export function parseNatsUrls(text: string): NatsUrlReading {
  try {
    return { ok: true, address: natsAddress(text) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, problem: error.message };
    throw error;
  }
}

/**
 * The same for a text that is known to be good.
 * @throws when it is not
 */
export function natsAddress(text: string): NatsAddress {
  return merged(text.split(',').map((part) => readServer(part.trim())));
}

/** The parts of such a text, well formed or not, that must never be shown: as written, and decoded. */
export function secretsInNatsUrls(text: string): string[] {
  return text.split(',').flatMap((part) => {
    const userinfo = part.slice(0, Math.max(0, part.lastIndexOf('@'))).replace(/^[^:]*:\/\//, '');
    const secret = userinfo.slice(userinfo.indexOf(':') + 1);
    return [userinfo, secret, decoded(secret) ?? ''].filter((value) => value !== '');
  });
}

function readServer(text: string): Server {
  const [, scheme = '', userinfo, host = '', port] = SERVER.exec(text) ?? refuse(whatIsWrong(text));
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535)) {
    return refuse(`A port is a number from 1 to 65535, not ${port}.`);
  }
  return {
    scheme: scheme.toLowerCase(),
    host: `${host}:${port === undefined ? DEFAULT_PORT : Number(port)}`,
    credentials: userinfo === undefined ? NO_CREDENTIALS : readCredentials(userinfo),
  };
}

function whatIsWrong(text: string): string {
  if (text === '') return 'One of the addresses is empty.';
  if (!/^(?:nats|tls):\/\//i.test(text)) return 'Each address begins with nats:// or tls://.';
  return 'Each address is scheme, credentials, host and port, without path or query; in credentials write @ as %40, / as %2F, : as %3A, a comma as %2C.';
}

/** Without a colon it is a token, as throughout NATS: https://docs.nats.io/using-nats/developer/connecting/token */
function readCredentials(userinfo: string): Credentials {
  const colon = userinfo.indexOf(':');
  const [first, second] = colon === -1 ? [userinfo] : [userinfo.slice(0, colon), userinfo.slice(colon + 1)];
  const [name, pass] = [decoded(first), second === undefined ? undefined : decoded(second)];
  if (name === undefined || (second !== undefined && pass === undefined)) {
    return refuse('A % in credentials must be followed by two hex digits; write a % itself as %25.');
  }
  if (name === '') return refuse('The user before the colon is empty.');
  return pass === undefined ? { ...NO_CREDENTIALS, token: name } : { ...NO_CREDENTIALS, user: name, pass };
}

function merged(servers: readonly Server[]): NatsAddress {
  const schemes = new Set(servers.map(({ scheme }) => scheme));
  if (schemes.size > 1) return refuse('nats:// and tls:// cannot be mixed.');
  const given = servers.map(({ credentials }) => credentials).filter((one) => one !== NO_CREDENTIALS);
  if (new Set(given.map((one) => JSON.stringify(one))).size > 1) {
    return refuse('All servers get the same credentials; different ones were given.');
  }
  return {
    servers: servers.map(({ host }) => host),
    tls: schemes.has('tls'),
    ...(given[0] ?? NO_CREDENTIALS),
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function refuse(problem: string): never {
  throw new Refused(problem);
}
