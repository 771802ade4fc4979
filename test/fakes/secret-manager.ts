import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the next request is answered with; the last one stays. */
export type SecretAnswer = (response: ServerResponse) => void;

export type SecretManager = AsyncDisposable & {
  /** As SECRET_MANAGER_EMULATOR_HOST wants it. */
  readonly host: string;
  /** Method, path and authorization of each request. */
  readonly requests: readonly string[];
  answer(...answers: readonly SecretAnswer[]): void;
};

/** Stands in for Secret Manager's REST interface: it says what it was told to. */
export async function startSecretManager(): Promise<SecretManager> {
  const requests: string[] = [];
  let answers: readonly SecretAnswer[] = [refusal(404)];
  const server = createServer(({ method, url, headers }, response) => {
    requests.push(`${method} ${url} ${headers.authorization ?? 'anonymous'}`);
    const [next, ...others] = answers;
    if (others.length > 0) answers = others;
    next?.(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (...next) => (answers = next),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A version with that value. */
export function value(bytes: string | Uint8Array): SecretAnswer {
  return payload(Buffer.from(bytes).toString('base64'));
}

export function payload(data: string): SecretAnswer {
  return (response) =>
    response.end(JSON.stringify({ name: 'projects/1/secrets/s/versions/1', payload: { data } }));
}

/** As Google words it: with the name of what was asked for. */
export function refusal(status: number, message = 'marked-words-of-the-server'): SecretAnswer {
  return (response) => {
    response.statusCode = status;
    response.end(JSON.stringify({ error: { code: status, message } }));
  };
}

/** Never says a word. */
export const silence: SecretAnswer = () => {};

/** Promises more than it sends. */
export const halfABody: SecretAnswer = (response) => {
  response.setHeader('content-length', 1000);
  response.write('{"payload":{"data":"');
  response.flushHeaders();
  setImmediate(() => response.destroy());
};
