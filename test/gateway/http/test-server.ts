import { once } from 'node:events';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { text } from 'node:stream/consumers';
import { startHttpServer, type HttpServer, type HttpServerOptions } from '../../../gateway/http/server.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { WELL } from './sample-status.ts';

export type TestServer = HttpServer & {
  readonly clock: VirtualClock;
  readonly errors: unknown[];
  readonly url: (path: string) => string;
};

/** A real server on a free port, for the length of one test. */
export async function serve(t: TestContext, differs: Partial<HttpServerOptions> = {}): Promise<TestServer> {
  const clock = new VirtualClock();
  const errors: unknown[] = [];
  const server = await startHttpServer({
    port: 0,
    clock,
    readStatus: () => WELL,
    readMetrics: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', body: 'up 1\n' }),
    debugToken: undefined,
    onError: (error) => errors.push(error),
    requestTimeoutMs: undefined,
    ...differs,
  });
  t.after(() => {
    const closed = server.close();
    clock.advance(60_000);
    return closed;
  });
  return { ...server, clock, errors, url: (path) => `http://127.0.0.1:${server.port}${path}` };
}

/** Sends bytes as they are and returns all that comes back until the server hangs up. */
export async function exchange(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(request);
  return text(socket);
}
