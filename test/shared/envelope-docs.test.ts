import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Envelope } from '../../shared/envelope.ts';
import schema from '../../shared/envelope.v1.schema.json' with { type: 'json' };
import { ENVELOPE_NAMESPACE } from '../../shared/stable-id.ts';
import { envelopeOf, readGoldens } from '../fixtures/envelopes/goldens.ts';

const page = readFileSync(`${import.meta.dirname}/../../docs/envelope.md`, 'utf8');

function codeBlock(language: string): string {
  const block = new RegExp(`^\`\`\`${language}\\n(.*?)\\n\`\`\`$`, 'ms').exec(page)?.[1];
  assert.ok(block, language);
  return block;
}

test('the example of the page is the envelope of its line', () => {
  const example: unknown = JSON.parse(codeBlock('json'));
  const receivedAt = Date.parse('2026-11-23T10:15:30.123Z');
  const golden = { file: '', name: '', line: codeBlock('irc'), receivedAt, replacedBytes: false };
  assert.deepEqual(envelopeOf({ ...golden, envelope: example }), example);
});

test('the page names every member that an envelope can have', () => {
  for (const group of [schema, ...Object.values(schema.$defs)]) {
    const members = 'properties' in group ? Object.keys(group.properties) : [];
    for (const member of members) assert.match(page, new RegExp(`\\b${member}\\b`), member);
  }
});

test('the page names every part that an anomaly can name', () => {
  for (const { envelope } of readGoldens()) {
    const { anomalies = [] } = (envelope as Envelope).payload;
    for (const anomaly of anomalies) assert.ok(page.includes(`\`${anomaly.split(':', 1)[0]}`), anomaly);
  }
});

test('the page gives the namespace of the ids', () => {
  assert.ok(page.includes(ENVELOPE_NAMESPACE));
});
