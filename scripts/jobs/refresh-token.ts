import { parseArgs } from 'node:util';
import { systemClock } from '../../gateway/clock.ts';
import { SecretSettingsError } from '../../gateway/secrets/secret-settings.ts';
import { refreshToken } from '../../gateway/credentials/token-refresher.ts';
import { openTokenStore } from '../../gateway/tokens/open-token-store.ts';
import { TokenStoreError } from '../../gateway/tokens/token-store.ts';
import { validateToken } from '../../gateway/credentials/twitch-id.ts';
import type { Finding } from '../authorize/finding.ts';
import { harmlessLines } from '../terminal.ts';
import { keepFresh } from '../authorize/refresh.ts';
import { appIn, notesOnUse, readTokenSettings, type TokenSettings } from '../authorize/settings.ts';
import { BadUse } from '../bad-use.ts';
import { errorText } from '../../shared/error-text.ts';

const USAGE = `Checks the stored token with Twitch, and refreshes it if it has run out or will within the hour.

Usage: npm run refresh-token

  --help  this text

A running gateway does this by itself; the job keeps the token fresh when none is, and says when a person must act.
Reads TWITCH_CLIENT_ID, TWITCH_CLIENT_SECRET, TWITCH_BOT_USERNAME, TOKEN_STORE, TOKEN_FILE, TOKEN_DOC_PATH,
GOOGLE_CLOUD_PROJECT and DATA_DIR from the environment. Works beside the gateway.
Exit code 0: the token is good; 1: a person must act, or Twitch or the store could not be asked; 2: bad use.
`;

const ending = new AbortController();
process.on('SIGINT', () => ending.abort());
process.on('SIGTERM', () => ending.abort());

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isBadUse = error instanceof BadUse || error instanceof SecretSettingsError;
  if (!isBadUse && !(error instanceof TokenStoreError)) throw error;
  notice(error.message);
  process.exitCode = isBadUse ? 2 : 1;
}

async function main(args: readonly string[]): Promise<void> {
  if (readFlags(args).help) return void process.stdout.write(USAGE);
  const settings = await readTokenSettings(process.env, notice);
  const { isGood, sentence } = await run(settings);
  process.stdout.write(`${harmlessLines(sentence)}\n`);
  for (const note of notesOnUse(settings, process.env)) notice(note);
  if (!isGood) process.exitCode = 1;
}

async function run(settings: TokenSettings): Promise<Finding> {
  const store = openTokenStore(settings, systemClock);
  const app = appIn(settings);
  try {
    return await keepFresh({
      store,
      validate: validateToken,
      refresh: app && ((token) => refreshToken(app, token, systemClock)),
      login: settings.TWITCH_BOT_USERNAME,
      clock: systemClock,
      random: Math.random,
      signal: ending.signal,
      onNotice: notice,
    });
  } finally {
    await store.close();
  }
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { help: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    throw new BadUse(`${errorText(error)}\n\n${USAGE}`);
  }
}

function notice(text: string): void {
  process.stderr.write(`${harmlessLines(text)}\n`);
}
