import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Changes } from '../../scripts/stand-in/changes.ts';
import { IssuedTokens, type Account, type Issued } from './twitch-id-accounts.ts';
import { granted, refusal, text, type Reply } from './twitch-id-replies.ts';

export type Endpoint = 'token' | 'validate' | 'device';

/**
 * What the server does instead of its work; `half` ends in the middle of the body, `reset` before the answer. With
 * `slowMs` it waits and then works; with `lateMs` it works at once, and what it did is told so much later.
 */
export type Answer =
  'hang' | 'half' | 'reset' | { readonly slowMs: number } | { readonly lateMs: number } | Reply;

/** `form`: what the body and the address hold, the body first. */
export type Asked = {
  readonly endpoint: Endpoint;
  readonly form: Readonly<Record<string, string>>;
  readonly authorization: string;
  readonly url: string;
};

/** Somebody is to sign in with this code. */
type Device = {
  readonly deviceCode: string;
  readonly userCode: string;
  issued: Issued | 'denied' | undefined;
};

/**
 * A stand-in for id.twitch.tv at http://localhost:<port>/auth/…, where Twurple looks for it when
 * TWURPLE_MOCK_API_PORT is set. It works by default; `script` and `next` give it bad days.
 */
export class TwitchIdServer {
  readonly tokens: IssuedTokens;
  /** Every request in the order of arrival. */
  readonly asked: Asked[] = [];
  /** How each endpoint answers from now on; undefined: it works. */
  readonly script: Record<Endpoint, Answer | undefined> = {
    token: undefined,
    validate: undefined,
    device: undefined,
  };
  /** The life and the interval of a device code, in seconds; Twitch's are 1800 and 5. */
  device = { expiresIn: 1800, interval: 0.05 };
  readonly #next: Record<Endpoint, Answer[]> = { token: [], validate: [], device: [] };
  readonly #devices: Device[] = [];
  readonly #changes = new Changes();
  readonly #http: Server;

  constructor(http: Server, now: () => number) {
    this.#http = http;
    this.tokens = new IssuedTokens(now);
    http.on('request', (request, response) => void this.#onRequest(request, response));
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  /** For the environment of whatever is to speak with it. */
  get env(): { readonly TWURPLE_MOCK_API_PORT: string } {
    return { TWURPLE_MOCK_API_PORT: String(this.port) };
  }

  /** The next answers of an endpoint, one a request; then its `script` again. */
  next(endpoint: Endpoint, ...answers: readonly Answer[]): void {
    this.#next[endpoint].push(...answers);
  }

  count(endpoint: Endpoint): number {
    return this.asked.filter((asked) => asked.endpoint === endpoint).length;
  }

  /** Looks now and after each request, until `look` finds something. */
  until<T>(what: string, look: () => T | undefined | false): Promise<T> {
    return this.#changes.until(what, look);
  }

  /** Resolves when an endpoint was asked at least so often. */
  async askedTimes(endpoint: Endpoint, times: number): Promise<void> {
    await this.until(`request ${times} to ${endpoint}`, () => this.count(endpoint) >= times);
  }

  /** The person signs in with the newest code. */
  approve(account?: Account): Issued {
    const issued = this.tokens.issue(account);
    this.#newestDevice().issued = issued;
    return issued;
  }

  /** The person says no. */
  deny(): void {
    this.#newestDevice().issued = 'denied';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#http, 'close');
    this.#http.close();
    this.#http.closeAllConnections();
    await closed;
    this.#changes.end();
  }

  #newestDevice(): Device {
    const device = this.#devices.at(-1);
    if (!device) throw new Error('nobody asked for a device code');
    return device;
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://localhost');
    const endpoint = url.pathname.replace('/auth/', '');
    if (!isEndpoint(endpoint)) return void response.writeHead(404).end();
    const body: Buffer[] = [];
    try {
      for await (const chunk of request) body.push(chunk as Buffer);
    } catch {
      return; // a client that went away
    }
    const given = new URLSearchParams(Buffer.concat(body).toString());
    const form = Object.fromEntries([...url.searchParams, ...given]);
    const { authorization = '' } = request.headers;
    const asked = { endpoint, form, authorization, url: url.href };
    this.asked.push(asked);
    this.#changes.changed();
    await this.#answer(asked, this.#next[endpoint].shift() ?? this.script[endpoint], response);
  }

  async #answer(asked: Asked, answer: Answer | undefined, response: ServerResponse): Promise<void> {
    if (answer === 'hang') return;
    if (answer === 'reset') return void response.socket?.resetAndDestroy();
    if (answer === 'half') {
      const whole = Buffer.from(text(this.#work(asked).body));
      response.writeHead(200, { 'content-length': whole.length });
      response.write(whole.subarray(0, whole.length / 2), () => response.destroy());
      return;
    }
    if (answer && 'slowMs' in answer) await delay(answer.slowMs);
    const { status, body } = answer && 'status' in answer ? answer : this.#work(asked);
    if (answer && 'lateMs' in answer) await delay(answer.lateMs);
    response.writeHead(status, { 'content-type': 'application/json' }).end(text(body));
  }

  #work({ endpoint, form, authorization }: Asked): Reply {
    if (endpoint === 'validate') return this.#validate(authorization.replace(/^OAuth /, ''));
    if (!form['client_id']) return refusal(400, 'missing client id');
    if (endpoint === 'device') return this.#deviceCode();
    if (form['grant_type'] === 'refresh_token') return this.#refresh(form['refresh_token'] ?? '');
    return this.#exchange(form['device_code'] ?? '');
  }

  #validate(accessToken: string): Reply {
    const issued = this.tokens.valid(accessToken);
    if (!issued) return refusal(401, 'invalid access token');
    const { login, userId, scopes } = issued;
    const expiresIn = this.tokens.secondsLeft(issued) ?? 0;
    const about = { login, scopes, user_id: userId, expires_in: expiresIn };
    return { status: 200, body: { client_id: 'stand-in', ...about } };
  }

  #deviceCode(): Reply {
    const userCode = `CODE${this.#devices.length + 1}`;
    const deviceCode = this.tokens.secret('device');
    this.#devices.push({ deviceCode, userCode, issued: undefined });
    const verificationUri = `https://www.twitch.tv/activate?public=true&device-code=${userCode}`;
    const { expiresIn, interval } = this.device;
    const code = { device_code: deviceCode, user_code: userCode, verification_uri: verificationUri };
    return { status: 200, body: { ...code, expires_in: expiresIn, interval } };
  }

  /** Each code serves once. */
  #exchange(deviceCode: string): Reply {
    const index = this.#devices.findIndex((device) => device.deviceCode === deviceCode);
    const issued = this.#devices[index]?.issued;
    if (index >= 0 && issued === undefined) return refusal(400, 'authorization_pending');
    if (issued === undefined || issued === 'denied') return refusal(400, 'invalid device code');
    this.#devices.splice(index, 1);
    return granted(issued);
  }

  #refresh(refreshToken: string): Reply {
    const issued = this.tokens.refresh(refreshToken);
    return issued ? granted(issued) : refusal(400, 'Invalid refresh token');
  }
}

/** Starts listening on 127.0.0.1; `now` is the clock of the tokens' lives, in milliseconds. */
export async function startTwitchId(port = 0, now = () => Date.now()): Promise<TwitchIdServer> {
  const http = createServer();
  const server = new TwitchIdServer(http, now);
  http.listen(port, '127.0.0.1');
  await once(http, 'listening');
  return server;
}

function isEndpoint(name: string): name is Endpoint {
  return name === 'token' || name === 'validate' || name === 'device';
}
