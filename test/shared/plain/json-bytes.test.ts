import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonBytes } from '../../../shared/plain/json-bytes.ts';

const LONG = Buffer.from('"'.repeat(100));
const WRITERS: Readonly<Record<string, (json: JsonBytes) => void>> = {
  piece: (json) => json.piece(LONG),
  'a short piece': (json) => json.piece(LONG.subarray(0, 20)),
  text: (json) => json.text('é'.repeat(10)),
  ascii: (json) => json.ascii('a'.repeat(20)),
  copy: (json) => json.copy(LONG, 0, 20),
  string: (json) => json.string(LONG, 0, 20),
  'a tag': (json) => json.tagValue(LONG, 0, 20),
  tags: (json) => json.tags(LONG, 0, 20),
};

for (const [what, write] of Object.entries(WRITERS)) {
  test(`more than was said would be written is noticed, and harms nothing: ${what}`, () => {
    const json = new JsonBytes();
    json.begin(Buffer.from('{'), 16);
    write(json);
    write(json);
    assert.equal(json.take(), undefined);
    json.begin(Buffer.from('{'), 16);
    json.ascii('}');
    assert.equal(json.take()?.toString(), '{}');
  });
}
