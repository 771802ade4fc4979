import type { App } from '../../gateway/credentials/token-refresher.ts';
import {
  askTwitchId,
  secondsIn,
  textIn,
  type Answer,
  type TwitchIdFailure,
} from '../../gateway/credentials/twitch-id.ts';
import { scopesIn } from '../../gateway/tokens/token.ts';

/** Reading chat asks for no more (https://dev.twitch.tv/docs/authentication/scopes/#irc-chat-scopes). */
export const SCOPES: readonly string[] = ['chat:read'];

/** What a person needs to sign in, how long it is valid, and how often to ask whether they have; in seconds. */
export type DeviceCode = {
  readonly ok: true;
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly expiresIn: number;
  readonly interval: number;
};

/** `expiresIn`: seconds; null: not known. */
export type Grant = {
  readonly ok: true;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly scope: readonly string[];
  readonly expiresIn: number | null;
};

/** Nobody has signed in yet; `slow_down`: and we are asking too often (https://www.rfc-editor.org/rfc/rfc8628#section-3.5). */
export type NotYet = { readonly ok: false; readonly kind: 'pending' | 'slow_down' };

/** The interval when none is given, by RFC 8628, 3.2; in seconds. */
const INTERVAL = 5;
/** The longest wait for a person, whatever the answer says; in seconds. */
const DAY = 86_400;

/**
 * Starts the device code flow (https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/#device-code-grant-flow).
 * Never throws.
 *
 * @param signal gives up when it aborts
 */
export async function requestDeviceCode(
  app: App,
  signal: AbortSignal,
): Promise<DeviceCode | TwitchIdFailure> {
  return askTwitchId({
    endpoint: 'device',
    headers: undefined,
    form: { ...credentials(app), scopes: SCOPES.join(' ') },
    secrets: [app.clientSecret],
    read: readDeviceCode,
    signal,
  });
}

/** Asks once whether somebody has signed in; a device code gives one grant. Never throws. */
export async function requestGrant(
  app: App,
  deviceCode: string,
  signal: AbortSignal,
): Promise<Grant | NotYet | TwitchIdFailure> {
  const answer = await askTwitchId({
    endpoint: 'token',
    headers: undefined,
    form: {
      ...credentials(app),
      scopes: SCOPES.join(' '),
      device_code: deviceCode,
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    },
    secrets: [app.clientSecret, deviceCode],
    read: readGrant,
    signal,
  });
  return answer.ok ? answer : (notYet(answer) ?? answer);
}

function credentials({ clientId, clientSecret }: App): Record<string, string> {
  return { client_id: clientId, ...(clientSecret !== '' && { client_secret: clientSecret }) };
}

function notYet({ detail }: TwitchIdFailure): NotYet | undefined {
  if (detail === 'authorization_pending') return { ok: false, kind: 'pending' };
  return detail === 'slow_down' ? { ok: false, kind: 'slow_down' } : undefined;
}

function readDeviceCode(answer: Answer): DeviceCode | undefined {
  const deviceCode = textIn(answer, 'device_code');
  const userCode = textIn(answer, 'user_code');
  const verificationUri = textIn(answer, 'verification_uri');
  const expiresIn = secondsIn(answer, 'expires_in');
  if (!deviceCode || !userCode || !verificationUri || expiresIn === null) return undefined;
  const interval = secondsIn(answer, 'interval') ?? INTERVAL;
  return { ok: true, deviceCode, userCode, verificationUri, expiresIn: Math.min(expiresIn, DAY), interval };
}

function readGrant(answer: Answer): Grant | undefined {
  const accessToken = textIn(answer, 'access_token');
  const refreshToken = textIn(answer, 'refresh_token');
  const scope = scopesIn(answer['scope']);
  if (!accessToken || !refreshToken || !scope) return undefined;
  return { ok: true, accessToken, refreshToken, scope, expiresIn: secondsIn(answer, 'expires_in') };
}
