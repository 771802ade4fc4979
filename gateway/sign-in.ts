import type { Clock, Random } from './clock.ts';
import type { Config } from './config.ts';
import type { Refresher } from './credentials/credentials-duties.ts';
import { keepCredentials, type Credentials } from './credentials/credentials.ts';
import { fixedToken, storedAs } from './credentials/fixed-token.ts';
import { refreshToken } from './credentials/token-refresher.ts';
import { validateToken } from './credentials/twitch-id.ts';
import { limitOutbound } from './outbound.ts';
import type { SecretName, Secrets } from './secrets/secret-settings.ts';
import type { Telemetry } from './telemetry.ts';
import { openTokenStore } from './tokens/open-token-store.ts';
import type { StoredToken, TokenStore } from './tokens/token-store.ts';

export type SignInOptions = {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly random: Random;
  readonly telemetry: Telemetry;
  /** A different token is to be used from now on; undefined: none. */
  readonly onToken: (accessToken: string | undefined) => void;
};

/** Where the token comes from, and how a person gets another one. */
type Source = {
  readonly store: TokenStore;
  /** undefined: the store has to be asked. */
  readonly initial: StoredToken | undefined;
  readonly cure: string;
};

/** Keeps the account of the configuration signed in. */
export function signIn(options: SignInOptions): Credentials {
  const { config, clock, random, secrets, telemetry, onToken } = options;
  return keepCredentials({
    ...sourceOf(options),
    login: config.TWITCH_BOT_USERNAME,
    refresher: config.TWITCH_CLIENT_ID === '' ? undefined : refresherOf(options),
    async validate(accessToken) {
      await limitOutbound();
      return validateToken(accessToken);
    },
    clock,
    random,
    learn: secrets.learnToken,
    onToken,
    events: telemetry.credentials,
  });
}

function sourceOf(options: SignInOptions): Source {
  const { config, clock } = options;
  const { TWITCH_BOT_ACCESS_TOKEN: given } = config;
  if (given === '') {
    const store = openTokenStore(config, clock);
    return { store, initial: undefined, cure: 'sign in again: npm run authorize' };
  }
  const name = 'TWITCH_BOT_ACCESS_TOKEN';
  const store = fixedToken(name, given, () => readAgain(options, name));
  return { store, initial: storedAs(given), cure: `set a valid ${name} and restart` };
}

/** The app of the configuration; if Twitch refuses it, its secret is read again from where it came. */
function refresherOf(options: SignInOptions): Refresher {
  const { TWITCH_CLIENT_ID: clientId, TWITCH_CLIENT_SECRET } = options.config;
  let clientSecret = TWITCH_CLIENT_SECRET;
  const hasChanged = async (): Promise<boolean> => {
    const before = clientSecret;
    clientSecret = (await readAgain(options, 'TWITCH_CLIENT_SECRET')) ?? before;
    return clientSecret !== before;
  };
  return {
    hasChanged,
    async refresh(token) {
      const outcome = await refreshToken({ clientId, clientSecret }, token, options.clock);
      const isRefused = !outcome.ok && outcome.kind === 'refused';
      if (!isRefused || !(await hasChanged())) return outcome;
      return refreshToken({ clientId, clientSecret }, token, options.clock);
    },
  };
}

async function readAgain(
  { secrets, telemetry }: SignInOptions,
  name: SecretName,
): Promise<string | undefined> {
  try {
    return await secrets.readAgain(name);
  } catch (error) {
    telemetry.credentials.secretNotRead(error instanceof Error ? error.message : name);
    return undefined;
  }
}
