import { VARIABLES } from '../config-table.ts';
import type { Config } from '../config.ts';
import type { Scrubber } from './scrubber.ts';
import { isSecretReference } from './secret-reference.ts';
import { errorText } from '../../shared/error-text.ts';

const SECRETS = ['TWITCH_BOT_ACCESS_TOKEN', 'TWITCH_CLIENT_SECRET', 'DEBUG_TOKEN'] as const;
export type SecretName = (typeof SECRETS)[number];

/** Secrets that could not be read, one line each: which and why, and no value. */
export class SecretSettingsError extends Error {
  override readonly name = 'SecretSettingsError';
}

export type Secrets = {
  /** Told every token that we come to know, before anybody else. */
  readonly learnToken: (token: string) => void;
  /** What Secret Manager has for it now; undefined: it does not come from there. @throws SecretSettingsError */
  readonly readAgain: (name: SecretName) => Promise<string | undefined>;
};

/** For when every secret is in the settings themselves, and nothing writes lines. */
export const plainSecrets: Secrets = { learnToken: () => {}, readAgain: async () => undefined };

/** The secrets that the settings hold, or name as projects/P/secrets/S/versions/V; what is read is learned first. */
export function secretsOf(
  config: Partial<Config>,
  { learn, learnToken }: Pick<Scrubber, 'learn' | 'learnToken'>,
): Secrets {
  return { learnToken, readAgain: (name) => readNamed(name, config[name] ?? '', learn) };
}

/**
 * The settings with each secret in place of its name.
 *
 * @throws SecretSettingsError
 */
export async function withSecrets<C extends Partial<Config>>(config: C, { readAgain }: Secrets): Promise<C> {
  const reading = await Promise.allSettled(SECRETS.map(readAgain));
  const problems = reading.flatMap((read) => (read.status === 'rejected' ? [errorText(read.reason)] : []));
  if (problems.length > 0) throw new SecretSettingsError(problems.join('\n'));
  const values = reading.map((read) => (read.status === 'fulfilled' ? read.value : undefined));
  const found = SECRETS.map((name, index) => [name, values[index]] as const);
  return { ...config, ...Object.fromEntries(found.filter(([, value]) => value !== undefined)) };
}

async function readNamed(
  name: SecretName,
  text: string,
  learn: Scrubber['learn'],
): Promise<string | undefined> {
  if (!isSecretReference(text)) return undefined;
  const value = await readValue(name, text);
  learn(value);
  const parsed = VARIABLES[name].parse(value);
  if (parsed.ok && parsed.value !== '' && !isSecretReference(parsed.value)) {
    learn(parsed.value);
    return parsed.value;
  }
  throw new SecretSettingsError(`${name} is ${text}: what is stored there cannot be a secret of ours.`);
}

async function readValue(name: SecretName, reference: string): Promise<string> {
  const { readSecret } = await import('./secrets.ts');
  try {
    return await readSecret(reference);
  } catch (error) {
    throw new SecretSettingsError(`${name}: ${errorText(error)}`);
  }
}
