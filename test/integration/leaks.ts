import { inspect } from 'node:util';
import type { TestGateway } from './running-gateway.ts';
import type { TokenRig } from './token-rig.ts';

const PAGES = ['/_debug/twitch', '/metrics', '/healthz', '/readyz', '/health/startup', '/nowhere'];

/** In which of the texts a secret stands: plain, as in an address, or in base64 wherever in it it begins. */
export function leaks(texts: Readonly<Record<string, string>>, secrets: readonly string[]): string[] {
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    ...[0, 1, 2].map((offset) =>
      Buffer.from(' '.repeat(offset) + secret)
        .toString('base64')
        .slice(offset === 0 ? 0 : 4, -4),
    ),
  ]);
  return Object.entries(texts)
    .filter(([, text]) => forms.some((form) => text.includes(form)))
    .map(([where]) => where);
}

export async function pagesOf(url: string): Promise<Record<string, string>> {
  const pages = PAGES.map(async (path) => {
    const html = await fetch(url + path, { headers: { accept: 'text/html' } });
    const json = await fetch(url + path);
    return [path, (await html.text()) + (await json.text())] as const;
  });
  return Object.fromEntries(await Promise.all(pages));
}

const EVERYTHING = { depth: Infinity, showHidden: true, maxArrayLength: null, maxStringLength: null };

/** A value as whoever prints, logs or serialises it would show it. */
export function inspected(value: unknown): string {
  const stack = value instanceof Error ? String(value.stack) : '';
  return inspect(value, EVERYTHING) + JSON.stringify(value) + stack;
}

/** Everything that a gateway in this process shows, before any scrubber has seen it. */
export async function shownBy(
  { bus }: TokenRig,
  { gateway, logged }: TestGateway,
): Promise<Record<string, string>> {
  return {
    ...(await pagesOf(`http://127.0.0.1:${gateway.port}`)),
    'the log': inspected(logged),
    'the status': JSON.stringify(gateway.status()),
    'the gateway': inspect(gateway, EVERYTHING),
    'the bus': bus.stored
      .map(({ body, headers }) => Buffer.from(body).toString() + JSON.stringify(headers))
      .join(),
  };
}
