import { once } from 'node:events';
import type * as http from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import { loadDebugPage } from './debug-page.ts';
import { INTERNAL_ERROR, answer, type Answer, type Sources } from './routes.ts';

/**
 * Required, not imported: an import reads every export, and `http.WebSocket` then loads all of Node's undici, which takes
 * a tenth of the start.
 */
const { createServer } = createRequire(import.meta.url)('node:http') as typeof http;

/** A probe's request fits in one packet; a client that takes longer is holding connections open. */
const REQUEST_TIMEOUT_MS = 5_000;
/** A client that neither reads nor sends is let go. */
const SOCKET_IDLE_MS = 30_000;
/** How long answers that are on their way may take when the server closes. */
const CLOSE_TIMEOUT_MS = 500;

export type HttpServerOptions = Pick<Sources, 'readStatus' | 'readMetrics' | 'debugToken'> & {
  /** 0: any free one. */
  readonly port: number;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  /** Told what fails while serving; the client gets a bare 500. */
  readonly onError: (error: unknown) => void;
  /** How long a client may take to send its request; undefined: 5 s. */
  readonly requestTimeoutMs: number | undefined;
};

export type HttpServer = {
  /** The one that was bound. */
  readonly port: number;
  /** Takes no new connection, ends idle ones, and the rest within 500 ms; never rejects. */
  readonly close: () => Promise<void>;
};

/** The port is not available, which the operator can fix; the message names PORT and says how. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

/**
 * Serves the probes, the debug page and the metrics on all interfaces: Node binds `::` for both families, and
 * 0.0.0.0 where there is no IPv6. Uptime counts from this call.
 *
 * @throws {PortError} when the port is taken or not permitted
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { port, clock, onError } = options;
  const startedAt = clock.now();
  const uptimeMs = () => clock.now() - startedAt;
  const sources: Sources = { ...options, uptimeMs, debugPage: loadDebugPage() };

  const server = createServer(
    timeouts(options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS),
    (request, response) => {
      void serve(request, response, sources, onError);
    },
  );
  server.timeout = SOCKET_IDLE_MS;
  server.on('connect', refuseTunnel);
  const bound = await listen(server, port);
  // Accepting can fail later, too (no file descriptor left): that is no reason to end the process.
  server.on('error', onError);
  return { port: bound, close: () => close(server, clock) };
}

function timeouts(requestMs: number) {
  return {
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.ceil(requestMs / 4),
  };
}

async function listen(server: Server, port: number): Promise<number> {
  try {
    await once(server.listen(port), 'listening');
  } catch (error) {
    throw portError(port, error);
  }
  return (server.address() as AddressInfo).port;
}

function portError(port: number, error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new PortError(
        `PORT: ${port} is in use; stop what is listening there, or choose another (0: any free one)`,
      );
    case 'EACCES':
      return new PortError(`PORT: ${port} is not permitted to this user; choose one from 1024 on`);
    default:
      return error;
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  sources: Sources,
  onError: (error: unknown) => void,
): Promise<void> {
  const { accept, authorization } = request.headers;
  const question = { method: request.method, target: request.url ?? '', accept, authorization };
  send(
    response,
    await answer(question, sources).catch((error: unknown) => {
      onError(error);
      return INTERNAL_ERROR;
    }),
  );
}

/** Node leaves the body out when the request was a HEAD. */
function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response
    .writeHead(status, {
      ...headers,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .end(body);
}

const TUNNEL_REFUSAL =
  'HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** CONNECT does not arrive as a request, and without a listener Node would hang up without a word. */
function refuseTunnel(_request: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.end(TUNNEL_REFUSAL, () => socket.destroy());
}

function close(server: Server, clock: Pick<Clock, 'after'>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(CLOSE_TIMEOUT_MS, () => server.closeAllConnections());
    server.close(() => {
      cancel();
      resolve();
    });
  });
}
