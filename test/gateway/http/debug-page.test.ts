import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Script } from 'node:vm';
import { loadDebugPage } from '../../../gateway/http/debug-page.ts';
import { debugSnapshot } from '../../../gateway/http/debug.ts';
import { WELL } from './sample-status.ts';

const { html, headers } = loadDebugPage();
const only = (pattern: RegExp): string => {
  const [first, ...rest] = [...html.matchAll(pattern)];
  assert.equal(rest.length, 0, `${pattern} matches more than once`);
  return first?.[1] ?? assert.fail(`${pattern} does not match`);
};
const script = only(/<script[^>]*>([^]*?)<\/script>/g);
const style = only(/<style[^>]*>([^]*?)<\/style>/g);
const markup = html.replace(script, '').replace(style, '');

function policy(): Map<string, string> {
  const directives = headers['content-security-policy']?.split('; ') ?? [];
  return new Map(directives.map((directive) => directive.split(/ (.*)/, 2) as [string, string]));
}

function sha256(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

test('the debug page is allowed its own script and style, its own origin, and nothing else', () => {
  assert.deepEqual(Object.fromEntries(policy()), {
    'default-src': "'none'",
    'script-src': sha256(script),
    'style-src': sha256(style),
    'connect-src': "'self'",
    'img-src': 'data:',
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
    'require-trusted-types-for': "'script'",
  });
});

test('the debug page needs nothing from elsewhere', () => {
  assert.doesNotMatch(html, /\w:\/\//, 'an absolute URL');
  assert.doesNotMatch(markup, /\ssrc\s*=/, 'a resource');
  assert.doesNotMatch(style, /@import|url\(/, 'a resource of the style');
  assert.deepEqual(
    [...markup.matchAll(/\shref="([^"]*)"/g)].map(([, target]) => target),
    ['data:,'],
  );
});

test('the debug page has no inline handlers or styles, which its policy would refuse', () => {
  assert.doesNotMatch(markup, /\son\w+\s*=/i);
  assert.doesNotMatch(markup, /\sstyle\s*=/i);
  assert.doesNotMatch(markup, /javascript:/i);
});

test('the debug page never makes HTML or code of text', () => {
  assert.doesNotMatch(
    script,
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTML|eval\(|Function\(|createContextualFragment/,
  );
});

test('the debug page has a script that compiles and finds every element it asks for', () => {
  assert.doesNotThrow(() => new Script(script));
  const ids = new Set([...markup.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
  const asked = [...script.matchAll(/find\('([^']+)'\)/g)].map(([, id]) => id);
  assert.ok(asked.length > 10);
  assert.deepEqual(
    asked.filter((id) => !ids.has(id)),
    [],
  );
});

test('the debug page shows every term of the ledger', () => {
  for (const term of Object.keys(debugSnapshot(WELL).ledger)) {
    assert.match(markup, new RegExp(`<div class="${term}">`), term);
    assert.match(markup, new RegExp(`<i class="${term}">`), term);
  }
});

test('the debug page closes every element it opens', () => {
  const open: string[] = [];
  for (const [tag, slash, name = ''] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
    if (slash) assert.equal(open.pop(), name);
    else if (!tag.endsWith('/>')) open.push(name);
  }
  assert.deepEqual(open, []);
});

test('the debug page names its language, its tables and its fields, and announces its state', () => {
  assert.match(markup, /<html lang="en">/);
  assert.match(markup, /<meta name="viewport" content="width=device-width, initial-scale=1" \/>/);
  assert.equal(markup.match(/<th scope="col"/g)?.length, 6);
  assert.match(markup, /<caption>/);
  assert.match(markup, /<label for="token">/);
  assert.equal(markup.match(/role="status"/g)?.length, 1);
});

test('the debug page follows the colour scheme of the reader', () => {
  assert.match(style, /prefers-color-scheme: dark/);
});
