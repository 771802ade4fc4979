import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export type DebugPage = { readonly html: string; readonly headers: Readonly<Record<string, string>> };

/**
 * Reads the page next to this file. It holds no data: its script asks the same path for JSON.
 * The policy allows its own style and script, by hash, and requests to its own origin; nothing else.
 */
export function loadDebugPage(): DebugPage {
  const html = readFileSync(new URL('debug-page.html', import.meta.url), 'utf8');
  return {
    html,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy(html),
      'referrer-policy': 'no-referrer',
    },
  };
}

function contentSecurityPolicy(html: string): string {
  return [
    "default-src 'none'",
    `script-src ${hashOf('script', html)}`,
    `style-src ${hashOf('style', html)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    // The page sets text, never HTML: this has the browser enforce it.
    "require-trusted-types-for 'script'",
  ].join('; ');
}

function hashOf(element: 'script' | 'style', html: string): string {
  const content = html.split(`<${element}>`)[1]?.split(`</${element}>`)[0] ?? '';
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
}
