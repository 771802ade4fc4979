import { readSettings, type Config, type Environment, type Name } from '../../gateway/config.ts';
import { limitOutbound } from '../../gateway/outbound.ts';
import { createScrubber } from '../../gateway/secrets/scrubber.ts';
import { secretsOf, withSecrets } from '../../gateway/secrets/secret-settings.ts';
import type { App } from '../../gateway/credentials/token-refresher.ts';
import { BadUse } from '../bad-use.ts';

const NAMES = [
  'TWITCH_BOT_USERNAME',
  'TWITCH_CLIENT_ID',
  'TWITCH_CLIENT_SECRET',
  'TOKEN_STORE',
  'TOKEN_FILE',
  'TOKEN_DOC_PATH',
  'GOOGLE_CLOUD_PROJECT',
  'DATA_DIR',
] as const satisfies readonly Name[];

export type TokenSettings = Pick<Config, (typeof NAMES)[number]>;

const NO_CLIENT_ID = `TWITCH_CLIENT_ID is not set: it must be the client id of a Twitch app.
Register one at https://dev.twitch.tv/console/apps: any name, the redirect URL http://localhost (it is not used), the
client type Public (which has no secret; for a confidential one set TWITCH_CLIENT_SECRET as well).`;

/**
 * The settings for commands that deal with the stored token, with secrets from Secret Manager filled in; also sets
 * deadlines for all requests from then on.
 *
 * @throws BadUse, SecretSettingsError
 */
export async function readTokenSettings(
  env: Environment,
  onNotice: (sentence: string) => void,
): Promise<TokenSettings> {
  const reading = readSettings(env, NAMES);
  if (!reading.ok) throw new BadUse(reading.problems.join('\n'));
  for (const warning of reading.warnings) onNotice(warning);
  await limitOutbound();
  return withSecrets(reading.config, secretsOf(reading.config, createScrubber([])));
}

/** What the gateway does because of its own settings, whatever is stored. */
export function notesOnUse(settings: TokenSettings, env: Environment): string[] {
  const notes: string[] = [];
  if (env['TWITCH_BOT_ACCESS_TOKEN'])
    notes.push('TWITCH_BOT_ACCESS_TOKEN is set: the gateway uses that token, not the stored one.');
  else if (settings.TWITCH_BOT_USERNAME === '')
    notes.push('TWITCH_BOT_USERNAME is not set: until it is, the gateway reads anonymously.');
  return notes;
}

/** undefined: there is none, and nothing can be refreshed. */
export function appIn({ TWITCH_CLIENT_ID, TWITCH_CLIENT_SECRET }: TokenSettings): App | undefined {
  if (TWITCH_CLIENT_ID === '') return undefined;
  return { clientId: TWITCH_CLIENT_ID, clientSecret: TWITCH_CLIENT_SECRET };
}

/** @throws BadUse when there is none */
export function neededApp(settings: TokenSettings): App {
  const app = appIn(settings);
  if (!app) throw new BadUse(NO_CLIENT_ID);
  return app;
}
