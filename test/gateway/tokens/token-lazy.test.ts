import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../gateway/clock.ts';
import { openTokenStore } from '../../../gateway/tokens/open-token-store.ts';
import { freePort } from '../../fakes/ports.ts';
import { tempDir } from '../store/temp-dir.ts';

const { cache } = createRequire(import.meta.url);
const isLoaded = (): boolean =>
  Object.keys(cache).some((path) => /@google-cloud|google-gax|google-auth-library|@grpc/.test(path));

test('what talks to Google is loaded by the first look into Firestore, and never for a file', async (t) => {
  const settings = {
    TOKEN_FILE: join(tempDir(t), 'token.json'),
    TOKEN_DOC_PATH: 'oauth/twitch/bot',
    GOOGLE_CLOUD_PROJECT: 'demo-lazy',
  };
  await import('../../../gateway/gateway.ts');
  await import('../../../gateway/secrets/secrets.ts');
  const file = openTokenStore({ TOKEN_STORE: 'file', ...settings }, systemClock);
  assert.equal(await file.load(), undefined);
  process.env['FIRESTORE_EMULATOR_HOST'] = `127.0.0.1:${await freePort()}`;
  t.after(() => delete process.env['FIRESTORE_EMULATOR_HOST']);
  const firestore = openTokenStore({ TOKEN_STORE: 'firestore', ...settings }, systemClock);
  assert.equal(isLoaded(), false);
  await assert.rejects(
    firestore.load(),
    /oauth\/twitch\/bot\/token: Firestore cannot be reached\. \(gRPC code 14\)$/,
  );
  assert.equal(isLoaded(), true);
  await firestore.close();
});
