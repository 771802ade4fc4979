import type { Status } from '../status.ts';
import { isBearer } from './bearer.ts';
import type { DebugPage } from './debug-page.ts';
import { debugSnapshot } from './debug.ts';
import { readiness, startup, summary } from './health.ts';

/** What a request asks for, without its socket. */
export type Question = {
  readonly method: string | undefined;
  /** The request target as sent: path and query. */
  readonly target: string;
  readonly accept: string | undefined;
  readonly authorization: string | undefined;
};

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Where the answers come from. */
export type Sources = {
  readonly readStatus: () => Status;
  readonly readMetrics: () => Promise<{ contentType: string; body: string }>;
  readonly uptimeMs: () => number;
  readonly debugPage: DebugPage;
  /** Undefined: the debug page and the metrics are open to all. */
  readonly debugToken: string | undefined;
};

type Route = (sources: Sources) => Answer | Promise<Answer>;

const DEBUG_PATH = '/_debug/twitch';

/** Each probe has two names: Cloud Run's front end keeps public paths that end in `z` for itself. */
const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/livez', live],
  ['/health/live', live],
  ['/readyz', ready],
  ['/health/ready', ready],
  ['/healthz', health],
  ['/health', health],
  ['/health/startup', started],
  [DEBUG_PATH, debug],
  ['/metrics', metrics],
]);

/** The answer to any request at all; rejects only when a source does. */
export async function answer(question: Question, sources: Sources): Promise<Answer> {
  if (question.method !== 'GET' && question.method !== 'HEAD') return METHOD_NOT_ALLOWED;
  const path = pathOf(question.target);
  const allowed = mayRead(path, question.authorization, sources.debugToken);
  if (path === DEBUG_PATH && wantsHtml(question)) return debugPage(sources.debugPage, allowed);
  if (!allowed) return UNAUTHORIZED;
  const route = ROUTES.get(path);
  return route ? route(sources) : NOT_FOUND;
}

/** The target may be a whole URL: https://www.rfc-editor.org/rfc/rfc9112#name-absolute-form. */
function pathOf(target: string): string {
  return target.replace(/^https?:\/\/[^/?]*/i, '').replace(/\?.*$/s, '');
}

function mayRead(path: string, authorization: string | undefined, token: string | undefined): boolean {
  const guarded = path === '/metrics' || path.startsWith('/_debug/');
  return !guarded || token === undefined || isBearer(authorization, token);
}

function wantsHtml({ accept }: Question): boolean {
  return accept?.toLowerCase().includes('text/html') ?? false;
}

function live(): Answer {
  return json(200, { status: 'live' });
}

function ready({ readStatus }: Sources): Answer {
  const body = readiness(readStatus());
  return json(body.status === 'ready' ? 200 : 503, body);
}

function health({ readStatus, uptimeMs }: Sources): Answer {
  return json(200, summary(readStatus(), uptimeMs()));
}

function started({ readStatus, uptimeMs }: Sources): Answer {
  const body = startup(readStatus(), uptimeMs());
  return json(body.status === 'started' ? 200 : 503, body);
}

function debug({ readStatus }: Sources): Answer {
  return json(200, debugSnapshot(readStatus()), { vary: 'accept' });
}

/**
 * A browser cannot send a bearer token when it navigates, so the page, which holds no data, comes with the 401 too
 * and asks for the token itself.
 */
function debugPage({ html, headers }: DebugPage, allowed: boolean): Answer {
  const status = allowed ? 200 : 401;
  return { status, headers: { ...headers, vary: 'accept', ...(allowed ? {} : CHALLENGE) }, body: html };
}

async function metrics({ readMetrics }: Sources): Promise<Answer> {
  const { contentType, body } = await readMetrics();
  return { status: 200, headers: { 'content-type': contentType }, body };
}

function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  const contentType = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers: { ...contentType, ...headers }, body: `${JSON.stringify(body, null, 2)}\n` };
}

const CHALLENGE = { 'www-authenticate': 'Bearer' };
const UNAUTHORIZED = json(401, { error: 'send Authorization: Bearer <DEBUG_TOKEN>' }, CHALLENGE);
const NOT_FOUND = json(404, { error: 'no such path', paths: [...ROUTES.keys()] });
const METHOD_NOT_ALLOWED = json(405, { error: 'only GET and HEAD are answered' }, { allow: 'GET, HEAD' });

/** What the outside is told when a source fails: that, and nothing of why. */
export const INTERNAL_ERROR = json(500, { error: 'internal error' });
