import { parseArgs } from 'node:util';
import { systemClock } from '../gateway/clock.ts';
import { SecretSettingsError } from '../gateway/secrets/secret-settings.ts';
import { openTokenStore } from '../gateway/tokens/open-token-store.ts';
import { TokenStoreError, type TokenStore } from '../gateway/tokens/token-store.ts';
import { validateToken } from '../gateway/credentials/twitch-id.ts';
import { inWords } from './authorize/account.ts';
import { check } from './authorize/check.ts';
import type { DeviceCode } from './authorize/device-code.ts';
import { keepToken, versionThere } from './authorize/keep-token.ts';
import { NotDone } from './authorize/not-done.ts';
import { neededApp, notesOnUse, readTokenSettings, type TokenSettings } from './authorize/settings.ts';
import { signIn, type Waiting } from './authorize/sign-in.ts';
import { startSpinner } from './authorize/spinner.ts';
import { BadUse } from './bad-use.ts';
import { harmless, harmlessLines, paintFor } from './terminal.ts';
import { errorText } from '../shared/error-text.ts';

const USAGE = `Signs the chat account in to Twitch, once: the gateway keeps itself signed in from then on.

Usage: npm run authorize -- [--check]

  --check  only says what is stored, whether Twitch accepts it, and what the gateway does with it
  --help   this text

Shows an address and a code; opens no browser. Stores the token where TOKEN_STORE says, replacing any that is there.
Reads TWITCH_CLIENT_ID, TWITCH_CLIENT_SECRET, TWITCH_BOT_USERNAME, TOKEN_STORE, TOKEN_FILE, TOKEN_DOC_PATH,
GOOGLE_CLOUD_PROJECT and DATA_DIR from the environment. A running gateway notices the new token by itself.
Exit code 0: done; 1: nobody signed in, or what is stored will not do; 2: bad use.
`;

const paint = paintFor(process.stdout);
const ending = new AbortController();
process.on('SIGINT', () => ending.abort());
process.on('SIGTERM', () => ending.abort());

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isBadUse = error instanceof BadUse || error instanceof SecretSettingsError;
  if (!isBadUse && !(error instanceof NotDone) && !(error instanceof TokenStoreError)) throw error;
  notice(error.message);
  process.exitCode = isBadUse ? 2 : 1;
}

async function main(args: readonly string[]): Promise<void> {
  const { help, check: onlyCheck } = readFlags(args);
  if (help) return print(USAGE);
  const settings = await readTokenSettings(process.env, notice);
  const store = openTokenStore(settings, systemClock);
  try {
    await (onlyCheck ? checkStored(store, settings) : authorize(store, settings));
  } finally {
    await store.close();
  }
  for (const note of notesOnUse(settings, process.env)) notice(note);
}

function readFlags(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ args: [...args], options: { help: flag, check: flag } }).values;
  } catch (error) {
    throw new BadUse(`${errorText(error)}\n\n${USAGE}`);
  }
}

async function authorize(store: TokenStore, settings: TokenSettings): Promise<void> {
  const app = neededApp(settings);
  const login = settings.TWITCH_BOT_USERNAME;
  // A store that cannot be used should say so before a person takes the trouble.
  const over = await versionThere(store);
  const surroundings = { clock: systemClock, random: Math.random, signal: ending.signal };
  const onCode = (code: DeviceCode) => showCode(code, login);
  const { token, valid } = await signIn({ ...surroundings, app, login, onCode });
  await keepToken(token, over, { ...surroundings, store, onNotice: notice });
  print(`${harmlessLines(inWords(valid, systemClock.date()))}\nStored in ${store.place}.\n`);
}

/** The address and the code stay on the screen; only the line below them turns. */
function showCode({ verificationUri, userCode, expiresIn }: DeviceCode, login: string): Waiting {
  const until = systemClock.now() + expiresIn * 1000;
  print(
    `Sign in to Twitch as ${login || 'the chat account'} (in a private window, so as not to use another one) at\n\n` +
      `  ${paint('bold', harmless(verificationUri))}\n\n` +
      `and confirm that it shows the code ${paint('bold', harmless(userCode))}.\n`,
  );
  const left = () => minutesText(until - systemClock.now());
  return startSpinner(
    process.stderr,
    systemClock,
    () => `Waiting for the sign-in, ${left()} left; Ctrl-C ends.`,
  );
}

async function checkStored(store: TokenStore, settings: TokenSettings): Promise<void> {
  const stored = await store.load();
  if (!stored) throw new NotDone(`Nothing is stored in ${store.place}. Sign in with npm run authorize.`);
  const { isGood, sentence } = await check(stored.token, {
    validate: validateToken,
    login: settings.TWITCH_BOT_USERNAME,
    hasApp: settings.TWITCH_CLIENT_ID !== '',
    now: systemClock.date(),
  });
  print(`${harmlessLines(sentence)}\nStored in ${store.place}.\n`);
  if (!isGood) process.exitCode = 1;
}

function minutesText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function print(text: string): void {
  process.stdout.write(text);
}

function notice(text: string): void {
  process.stderr.write(`${harmlessLines(text)}\n`);
}
