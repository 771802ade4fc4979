import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A request that would have changed something. */
export type Captured = { readonly method: string; readonly url: string; readonly body: unknown };

export type FakeGoogleApi = AsyncDisposable & {
  readonly port: number;
  /** Those so far, without what was only looked at. */
  readonly captured: readonly Captured[];
  /** What there is now, by path. */
  readonly resources: ReadonlyMap<string, Resource>;
};

export type Resource = Readonly<Record<string, unknown>>;
type Answer = { readonly status: number; readonly body: unknown };

/**
 * An HTTP proxy on 127.0.0.1 that is, for a few hours' worth of gcloud, every API of Google: what is made is there
 * afterwards, everything is ready at once, and nobody asks who one is. TLS is refused, so that nothing gets out.
 */
export async function startFakeGoogleApi(): Promise<FakeGoogleApi> {
  const captured: Captured[] = [];
  const resources = new Map<string, Resource>();
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request;
    const { host, pathname } = new URL(url, 'http://fake.test');
    const body = await readBody(request);
    if (method !== 'GET' && !pathname.endsWith(':getIamPolicy'))
      captured.push({ method, url: host + pathname, body });
    const { status, body: told } = answerTo(method, pathname, body, resources);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(told));
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    captured,
    resources,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  return request.headers['content-length'] === undefined || request.headers['content-length'] === '0'
    ? undefined
    : json(request);
}

function answerTo(method: string, path: string, body: unknown, resources: Map<string, Resource>): Answer {
  if (/:getIamPolicy$|\/iam$/.test(path) && method !== 'PUT') return ok({ version: 1, etag: 'BwXhq1ZgqJ8=' });
  if (path.endsWith(':setIamPolicy')) return ok((body as { policy: unknown }).policy);
  if (path.endsWith(':batchEnable')) return ok({ name: 'operations/noop.DONE_OPERATION', done: true });
  if (method === 'GET') return found(resources.get(path));
  const made = ready(path, body as Resource);
  resources.set(method === 'POST' ? `${path}/${nameOf(made)}` : path, made);
  return ok(made);
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function found(resource: Resource | undefined): Answer {
  if (resource) return ok(resource);
  return { status: 404, body: { error: { code: 404, message: 'there is none', status: 'NOT_FOUND' } } };
}

/** Each API calls it otherwise. */
function nameOf({ metadata, name, email }: Resource): string {
  return String((metadata as { name: string } | undefined)?.name ?? name ?? email);
}

/** What is made is ready at once, as far as Cloud Run's resources know such a thing. */
function ready(path: string, resource: Resource): Resource {
  const { metadata, accountId, kind, spec } = resource;
  if (typeof accountId === 'string') {
    const [project] = /(?<=\/projects\/)[^/]+/.exec(path) ?? [];
    return { ...resource, email: `${accountId}@${project}.iam.gserviceaccount.com` };
  }
  if (metadata === undefined) return resource;
  const { name } = metadata as { name: string };
  return {
    ...resource,
    spec:
      kind === 'Service'
        ? { traffic: [{ latestRevision: true, percent: 100 }], ...(spec as Resource) }
        : spec,
    metadata: { ...metadata, generation: 1, resourceVersion: 'AAY', uid: 'u' },
    status: {
      observedGeneration: 1,
      conditions: ['Ready', 'ConfigurationsReady', 'RoutesReady'].map((type) => ({ type, status: 'True' })),
      latestCreatedRevisionName: `${name}-00001`,
      latestReadyRevisionName: `${name}-00001`,
      traffic: [{ revisionName: `${name}-00001`, percent: 100, latestRevision: true }],
      url: `https://${name}.a.run.app`,
    },
  };
}
