import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { expiresAt, readToken } from '../../../gateway/tokens/token.ts';

const DOCUMENT = {
  accessToken: 'access',
  refreshToken: 'refresh',
  scope: ['chat:read'],
  expiresIn: 14_400,
  obtainmentTimestamp: 1_700_000_000_000,
  userId: '713936733',
};
const BARE = { refreshToken: '', scope: [], expiresIn: null, obtainmentTimestamp: 0, userId: '' };

const READ: readonly [string, unknown, object][] = [
  ['a whole document', DOCUMENT, DOCUMENT],
  [
    'members that nobody asked for',
    { ...DOCUMENT, updatedAt: '2026-01-01T00:00:00.000Z', login: 'x' },
    DOCUMENT,
  ],
  ['an access token alone', { accessToken: 'access' }, { ...BARE, accessToken: 'access' }],
  [
    'null for whatever is not known',
    { accessToken: 'access', refreshToken: null, scope: null, expiresIn: null, userId: null },
    { ...BARE, accessToken: 'access' },
  ],
  [
    'one text for all scopes, as RFC 6749 has it,',
    { ...DOCUMENT, scope: 'chat:read  chat:edit' },
    { ...DOCUMENT, scope: ['chat:read', 'chat:edit'] },
  ],
];

for (const [what, document, token] of READ) {
  test(`${what} is read as a token`, () => assert.deepEqual(readToken(document), { ok: true, token }));
}

const REFUSED: readonly [unknown, RegExp][] = [
  [undefined, /^it is not an object$/],
  [null, /^it is not an object$/],
  ['canary', /^it is not an object$/],
  [['canary'], /^it is not an object$/],
  [{}, /^accessToken must be a text, not empty, of ASCII without spaces$/],
  [{ accessToken: '' }, /^accessToken must be/],
  [{ accessToken: 42 }, /^accessToken must be/],
  [{ accessToken: 'canary\r\nJOIN #canary' }, /^accessToken must be/],
  [{ ...DOCUMENT, refreshToken: ['canary'] }, /^refreshToken must be a text$/],
  [{ ...DOCUMENT, scope: { canary: true } }, /^scope must be a list of texts$/],
  [{ ...DOCUMENT, scope: ['chat:read', 1] }, /^scope must be/],
  [{ ...DOCUMENT, userId: 713_936_733 }, /^userId must be a text$/],
  [{ ...DOCUMENT, expiresIn: 'canary' }, /^expiresIn must be a number of seconds/],
  [{ ...DOCUMENT, expiresIn: -1 }, /^expiresIn must be/],
  [{ ...DOCUMENT, expiresIn: 1e300 }, /^expiresIn must be/],
  [{ ...DOCUMENT, obtainmentTimestamp: 1e300 }, /^obtainmentTimestamp must be/],
  [{ ...DOCUMENT, obtainmentTimestamp: NaN }, /^obtainmentTimestamp must be a number of milliseconds/],
];

for (const [document, problem] of REFUSED) {
  test(`${inspect(document, { breakLength: Infinity })} is refused: the member is named, the value is not`, () => {
    const reading = readToken(document);
    assert.ok(!reading.ok);
    assert.match(reading.problem, problem);
    assert.doesNotMatch(reading.problem, /canary|42|713/);
  });
}

test('a token ends its seconds after it was obtained; without seconds nobody knows', () => {
  assert.equal(expiresAt(DOCUMENT), 1_700_014_400_000);
  assert.equal(expiresAt({ ...DOCUMENT, expiresIn: null }), null);
});
