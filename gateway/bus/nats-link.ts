import { readFile } from 'node:fs/promises';
import {
  AuthorizationError,
  ClosedConnectionError,
  connect,
  createInbox,
  credsAuthenticator,
  NoRespondersError,
  PermissionViolationError,
  RequestError,
  TimeoutError,
  UserAuthenticationExpiredError,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';
import type { Ask, Reply } from './nats-api.ts';
import { NO_RESPONDERS, type WireAnswer } from './nats-failures.ts';
import type { NatsServers, NatsTimings } from './nats-options.ts';
import { owningSockets } from './nats-sockets.ts';
import { tlsOptions } from './nats-tls.ts';
import { errorText } from '../../shared/error-text.ts';

export type LinkEvents = {
  /** An answer to the publish with that token. */
  onAnswer(token: number, answer: WireAnswer): void;
  /** The server forbids it; what was published there before is lost. */
  onDenied(operation: 'publish' | 'subscription', subject: string): void;
};

/** For a link that publishes nothing. */
export const NO_ANSWERS: LinkEvents = { onAnswer: () => undefined, onDenied: () => undefined };

/** Why a server could not be reached; a text for the operator, without credentials. */
export class LinkError extends Error {}

/**
 * Connects to one of the servers, tried in random order.
 *
 * @param signal ends the attempt
 * @throws LinkError
 */
export async function openNatsLink(
  servers: NatsServers,
  timings: NatsTimings,
  events: LinkEvents,
  signal: AbortSignal,
): Promise<NatsLink> {
  // A signal that has already aborted tells no listener.
  if (signal.aborted) throw new LinkError('the attempt was given up');
  const sockets = owningSockets(async () => connect(await connectionOptions(servers, timings)));
  signal.addEventListener('abort', sockets.destroy);
  try {
    return new NatsLink(await sockets.result, sockets.destroy, events);
  } catch (error) {
    sockets.destroy();
    throw new LinkError(`${servers.address.servers.join(', ')}: ${whyNotConnected(error)}`);
  } finally {
    signal.removeEventListener('abort', sockets.destroy);
  }
}

/**
 * One connection, one life: when it ends, it is over.
 *
 * Publishes carry a reply subject under one inbox, read by one subscription: the client's own request costs a promise,
 * a timer and an error object each.
 */
export class NatsLink {
  /** Resolves with the reason when it is over. */
  readonly ended: Promise<string>;
  readonly connection: NatsConnection;
  readonly #inbox = `${createInbox()}.`;
  readonly #destroySockets: () => void;

  constructor(connection: NatsConnection, destroySockets: () => void, events: LinkEvents) {
    this.connection = connection;
    this.#destroySockets = destroySockets;
    this.ended = connection
      .closed()
      .then((error) => (error ? whyNotConnected(error) : 'the connection was closed'));
    connection.subscribe(`${this.#inbox}*`, {
      callback: (error, message) => {
        if (!error) this.#answered(message, events);
      },
    });
    void this.#watch(events);
  }

  /** In bytes, headers included; the server disconnects a client that sends more. */
  get maxPayload(): number {
    return this.connection.info?.max_payload ?? Infinity;
  }

  publish(token: number, subject: string, headers: Uint8Array, body: Uint8Array): void {
    if (this.connection.isClosed()) return;
    this.connection.publish(subject, body, { reply: this.#inbox + token, headers: headersOf(headers) });
  }

  /** One question, one answer; never rejects. `headers`: as on the wire. */
  async request(
    subject: string,
    body: Uint8Array | string,
    { timeoutMs: timeout, headers }: { timeoutMs: number; headers: Uint8Array | undefined },
  ): Promise<Reply> {
    try {
      const options = headers ? { timeout, headers: headersOf(headers) } : { timeout };
      const message = await this.connection.request(subject, body, options);
      return { kind: 'answered', ...wireAnswer(message) };
    } catch (error) {
      const cause = causeOf(error);
      // An answer lost with the connection is not the server's silence.
      if (cause instanceof RequestError || cause instanceof ClosedConnectionError) await this.ended;
      return whyNotAnswered(cause, timeout);
    }
  }

  /** For questions to the JetStream API. */
  asker(timeoutMs: number): Ask {
    return (subject, body) => this.request(subject, body, { timeoutMs, headers: undefined });
  }

  /** Lets what was published reach the server first; call `cut` to limit how long that takes. */
  async close(): Promise<void> {
    // When the connection ends, the client forgets whoever waits for a flush.
    await Promise.race([this.connection.flush().catch(() => undefined), this.ended]);
    await this.connection.close();
    this.cut();
  }

  /** Ends it at once. */
  cut(): void {
    this.#destroySockets();
  }

  #answered(message: Msg, events: LinkEvents): void {
    const token = message.subject.slice(this.#inbox.length);
    if (/^[0-9]{1,15}$/.test(token)) events.onAnswer(Number(token), wireAnswer(message));
  }

  async #watch(events: LinkEvents): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'staleConnection') this.cut();
      if (status.type === 'error' && status.error instanceof PermissionViolationError) {
        events.onDenied(status.error.operation, status.error.subject);
      }
    }
  }
}

/** All that the client needs of headers when it sends them; filling its own costs three times as much. */
class EncodedHeaders {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  encode(): Uint8Array {
    return this.#bytes;
  }
}

function headersOf(bytes: Uint8Array): MsgHdrs {
  return new EncodedHeaders(bytes) as unknown as MsgHdrs;
}

async function connectionOptions(
  { address, credsFile }: NatsServers,
  timings: NatsTimings,
): Promise<NodeConnectionOptions> {
  const { servers, tls, user, pass, token } = address;
  return {
    servers: [...servers],
    name: 'ingress-egress',
    reconnect: false,
    timeout: timings.connectTimeoutMs,
    pingInterval: timings.pingIntervalMs,
    maxPingOut: 2,
    ignoreAuthErrorAbort: true,
    noAsyncTraces: true,
    ...(tls && { tls: tlsOptions(servers) }),
    ...(user !== undefined && { user, pass: pass ?? '' }),
    ...(token !== undefined && { token }),
    ...(credsFile !== undefined && { authenticator: credsAuthenticator(await readFile(credsFile)) }),
  };
}

function wireAnswer(message: Msg): WireAnswer {
  return { status: message.headers?.code ?? 0, body: message.string() };
}

/** The client wraps what went wrong in an error that says where it was asked. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}

function whyNotAnswered(cause: unknown, timeoutMs: number): Reply {
  if (cause instanceof NoRespondersError) return { kind: 'answered', status: NO_RESPONDERS, body: '' };
  if (cause instanceof PermissionViolationError) return { kind: 'denied', error: cause.message };
  if (cause instanceof TimeoutError) return { kind: 'silence', error: `no answer within ${timeoutMs} ms` };
  return { kind: 'silence', error: errorText(cause) };
}

function whyNotConnected(error: unknown): string {
  if (error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError) {
    return 'the server refuses the credentials: check NATS_URL and NATS_CREDS_FILE';
  }
  if (error instanceof TimeoutError) return 'the server does not answer';
  return errorText(error);
}
