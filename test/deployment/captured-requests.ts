import assert from 'node:assert/strict';
import type { Captured } from './fake-google-api.ts';
import { errorText } from '../../shared/error-text.ts';

/** What each step of a deployment asked of the APIs. */
export type Capture = { readonly gcloud: string; readonly requests: readonly Captured[] };

/** What gcloud writes of itself, and draws by lot. */
const VOLATILE = new Set(['run.googleapis.com/client-version', 'client.knative.dev/nonce']);

/** gcloud ends the name of a volume so, to have it to itself. */
const DRAWN_ENDING = /(?:-[a-z]{3}){3}$/;

/** Without what differs from run to run. */
export function withoutVolatile(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(DRAWN_ENDING, '-…');
  if (Array.isArray(value)) return value.map(withoutVolatile);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !VOLATILE.has(name));
  return Object.fromEntries(kept.map(([name, each]) => [name, withoutVolatile(each)]));
}

/** The same whatever the order of members and of the items of a list. */
export function inAnyOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return sorted(value.map(inAnyOrder), (item) => JSON.stringify(item));
  const members = Object.entries(value).map(([name, each]) => [name, inAnyOrder(each)] as const);
  return Object.fromEntries(sorted(members, ([name]) => name));
}

function sorted<T>(items: readonly T[], key: (item: T) => string): T[] {
  return items.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** As lines, how they differ from those that are expected; undefined: not at all. */
export function difference(actual: unknown, expected: unknown): string | undefined {
  try {
    assert.deepEqual(inLines(actual), inLines(expected));
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}

function inLines(value: unknown): string[] {
  return JSON.stringify(value, null, 2).split('\n');
}
