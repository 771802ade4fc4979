import { env } from 'node:process';
import type { AuthClient } from 'google-auth-library';
import type { Clock } from '../clock.ts';

const DEADLINE_MS = 10_000;
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** The service neither answered nor refused: we could not even ask it. The message has the cure. */
export class GoogleAccessError extends Error {
  override readonly name = 'GoogleAccessError';
}

/**
 * Where a stand-in listens, as host:port; undefined: the service itself is meant. Google's own clients also read these
 * variables from the environment, at the moment of use.
 */
export function emulatorOf(
  variable: 'FIRESTORE_EMULATOR_HOST' | 'SECRET_MANAGER_EMULATOR_HOST',
): string | undefined {
  return env[variable] || undefined;
}

/**
 * The credentials of the environment: those of the service account on Google Cloud, a key file in
 * GOOGLE_APPLICATION_CREDENTIALS, or what `gcloud auth application-default login` left.
 * See https://cloud.google.com/docs/authentication/application-default-credentials. Loads the library for it.
 *
 * @throws GoogleAccessError
 */
export async function googleClient(clock: Clock): Promise<AuthClient> {
  const { GoogleAuth } = await import('google-auth-library');
  return within(clock, new GoogleAuth({ scopes: SCOPE }).getClient(), NO_CREDENTIALS);
}

/**
 * The headers that authorize a request to a Google service.
 *
 * @throws GoogleAccessError
 */
export async function googleHeaders(url: string, clock: Clock): Promise<Headers> {
  const client = await googleClient(clock);
  return within(clock, client.getRequestHeaders(url), NO_TOKEN);
}

/**
 * The project of the environment.
 *
 * @throws GoogleAccessError
 */
export async function googleProject(clock: Clock): Promise<string> {
  const { GoogleAuth } = await import('google-auth-library');
  return within(clock, new GoogleAuth({ scopes: SCOPE }).getProjectId(), NO_PROJECT);
}

const NO_CREDENTIALS =
  'no Google credentials were found. Give the service a service account, name a key file in ' +
  'GOOGLE_APPLICATION_CREDENTIALS, or run: gcloud auth application-default login';

const NO_TOKEN = 'Google gave no access token for its credentials. Are they still valid?';

const NO_PROJECT = 'nothing says which Google Cloud project is meant. Set GOOGLE_CLOUD_PROJECT.';

/** What the library says is not passed on: its errors carry requests, and quote key files. */
async function within<T>(clock: Clock, work: Promise<T>, problem: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const cancel = clock.after(DEADLINE_MS, () => late.reject(new GoogleAccessError(problem)));
  try {
    return await Promise.race([work, late.promise]);
  } catch {
    throw new GoogleAccessError(problem);
  } finally {
    cancel();
  }
}
