import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import schema from '../../shared/envelope.v1.schema.json' with { type: 'json' };
import { ENVELOPE_NAMESPACE } from '../../shared/stable-id.ts';
import { readGoldens } from '../fixtures/envelopes/goldens.ts';
import { overTheWire, schemaErrors } from './envelope-schema.ts';

const goldens = readGoldens();

describe('the schema', () => {
  const everything = goldens.find(({ file }) => file === 'everything.json')?.envelope;
  const optional = new Set(
    ['reply', 'sharedChat', 'paid', 'rewardId', 'noticeId'].map((member) => `payload.${member}`),
  );

  test('accepts the envelope that the mutations start from', () => {
    assert.equal(schemaErrors(everything), '');
  });

  test('refuses an envelope that lacks any member that is not optional', () => {
    const paths = [...memberPaths(everything)].filter((path) => !optional.has(path) && !isMapEntry(path));
    assert.equal(paths.length, 57);
    for (const path of paths) assert.notEqual(schemaErrors(mutated(everything, path, undefined)), '', path);
  });

  test('accepts an envelope that lacks an optional member', () => {
    for (const path of optional) assert.equal(schemaErrors(mutated(everything, path, undefined)), '', path);
  });

  test('refuses a value of a wrong type, null above all, wherever it is', () => {
    for (const path of memberPaths(everything)) {
      assert.notEqual(schemaErrors(mutated(everything, path, null)), '', path);
      assert.notEqual(schemaErrors(mutated(everything, path, [[]])), '', path);
    }
  });

  test('refuses an unknown member in every object', () => {
    const objects = ['', 'source.', 'user.', 'payload.', 'payload.raw.', 'payload.emotes.0.'];
    const parts = ['payload.reply.', 'payload.sharedChat.', 'payload.paid.'];
    for (const path of [...objects, ...parts]) {
      assert.notEqual(schemaErrors(mutated(everything, `${path}surprise`, 'x')), '', path);
    }
  });

  test('has the raw line if and only if there are anomalies', () => {
    const plain = goldens.find(({ file }) => file === 'plain.json')?.envelope;
    assert.notEqual(schemaErrors(mutated(plain, 'payload.raw.line', 'x')), '');
    assert.notEqual(schemaErrors(mutated(plain, 'payload.anomalies', ['id: is missing'])), '');
    assert.notEqual(schemaErrors(mutated(plain, 'payload.anomalies', [])), '');
  });

  test('knows no member that no golden shows', () => {
    const seen = new Set<string>();
    for (const { envelope } of goldens) for (const path of memberPaths(envelope)) seen.add(path);
    const unseen = [...schemaPaths(schema as Schema)].filter((path) => !seen.has(path));
    assert.deepEqual(unseen, []);
  });

  test('names the namespace of the ids', () => {
    assert.ok(schema.properties.id.description.includes(ENVELOPE_NAMESPACE));
  });
});

/** Every member of an object, however deep, as `payload.emotes.0.id`. */
function* memberPaths(value: unknown, path = ''): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const here = path === '' ? name : `${path}.${name}`;
    yield here;
    yield* memberPaths(inner, here);
  }
}

/** Members of the maps and items of the lists may come and go. */
function isMapEntry(path: string): boolean {
  return /(?:tags|badgeVersions|badgeInfo|badges|emotes|anomalies)\.[^.]+$/.test(path);
}

/** A copy with one member set, or removed when `value` is undefined. */
function mutated(envelope: unknown, path: string, value: unknown): unknown {
  const copy = structuredClone(envelope) as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop() ?? '';
  const owner = names.reduce((inner, name) => inner[name] as Record<string, unknown>, copy);
  owner[last] = value;
  return overTheWire(copy);
}

type Schema = {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
};

/** Every member that the schema knows, written as in {@link memberPaths}; an item of a list is its first. */
function* schemaPaths(root: Schema, node: Schema = root, path = ''): Generator<string> {
  const { properties, items } = node.$ref === undefined ? node : resolve(root, node.$ref);
  for (const [name, inner] of Object.entries(properties ?? {})) {
    const here = path === '' ? name : `${path}.${name}`;
    yield here;
    yield* schemaPaths(root, inner, here);
  }
  if (items) yield* schemaPaths(root, items, `${path}.0`);
}

function resolve(root: Schema, ref: string): Schema {
  const definition = root.$defs?.[ref.replace('#/$defs/', '')];
  assert.ok(definition, ref);
  return definition;
}
