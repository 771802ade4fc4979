import type { App } from '../../gateway/credentials/token-refresher.ts';
import type { Token } from '../../gateway/tokens/token.ts';
import {
  idDeadline,
  validateToken,
  type TwitchIdFailure,
  type ValidToken,
} from '../../gateway/credentials/twitch-id.ts';
import { harmless } from '../terminal.ts';
import { whyUseless } from './account.ts';
import { awaitGrant, type NoGrant } from './await-grant.ts';
import { requestDeviceCode, requestGrant, type DeviceCode, type Grant } from './device-code.ts';
import { NotDone } from './not-done.ts';
import { persistently, type Surroundings } from './persistently.ts';

export type SignInOptions = Surroundings & {
  readonly app: App;
  /** The account that should sign in; "": any. */
  readonly login: string;
  /** The person should sign in now. */
  readonly onCode: (code: DeviceCode) => Waiting;
};

/** What is shown while we wait: troubles, which are waited out, and the end. */
export type Waiting = { note(text: string): void; stop(): void };

export type SignedIn = { readonly token: Token; readonly valid: ValidToken };

/**
 * Has a person sign in by the device code flow, and asks Twitch who it was.
 *
 * @throws NotDone
 */
export async function signIn(options: SignInOptions): Promise<SignedIn> {
  const code = await obtainCode(options);
  const waiting = options.onCode(code);
  const onTrouble = ({ detail }: TwitchIdFailure) =>
    waiting.note(`Twitch could not be asked (${harmless(detail)}); trying again.`);
  try {
    const grant = await obtainGrant(code, onTrouble, options);
    const obtainmentTimestamp = options.clock.date();
    const valid = await whoSignedIn(grant, onTrouble, options);
    return { valid, token: tokenOf(grant, valid, obtainmentTimestamp) };
  } finally {
    waiting.stop();
  }
}

function tokenOf({ accessToken, refreshToken, expiresIn }: Grant, valid: ValidToken, at: number): Token {
  const { scopes: scope, userId } = valid;
  return { accessToken, refreshToken, scope, expiresIn, obtainmentTimestamp: at, userId };
}

async function obtainCode({ app, signal }: SignInOptions): Promise<DeviceCode> {
  const code = await requestDeviceCode(app, soon(signal));
  if (signal.aborted) throw new NotDone(noGrantText({ ok: false, kind: 'ended' }));
  if (!code.ok) throw new NotDone(noCodeText(code));
  return code;
}

type OnTrouble = (failure: TwitchIdFailure) => void;

async function obtainGrant(code: DeviceCode, onTrouble: OnTrouble, options: SignInOptions): Promise<Grant> {
  const { app, clock, signal } = options;
  const ask = () => requestGrant(app, code.deviceCode, soon(signal));
  const answer = await awaitGrant({ code, ask, clock, signal, onTrouble });
  if (!answer.ok) throw new NotDone(noGrantText(answer));
  return answer;
}

/** @throws NotDone also if the gateway could not use the token */
async function whoSignedIn(
  { accessToken }: Grant,
  onTrouble: OnTrouble,
  { login, ...surroundings }: SignInOptions,
): Promise<ValidToken> {
  const ask = () => validateToken(accessToken, soon(surroundings.signal));
  const answer = await persistently(ask, (trouble) => !trouble.ok && onTrouble(trouble), surroundings);
  if (!answer.ok)
    throw new NotDone(`Nothing was stored: Twitch did not say who signed in (${answer.detail}). Try again.`);
  const why = whyUseless(answer, login);
  if (why !== undefined) throw new NotDone(`Nothing was stored: ${why}.`);
  return answer;
}

function soon(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, idDeadline()]);
}

function noCodeText({ kind, detail }: TwitchIdFailure): string {
  const cure =
    kind === 'refused'
      ? 'Check TWITCH_CLIENT_ID, and TWITCH_CLIENT_SECRET if the app has one: https://dev.twitch.tv/console/apps'
      : 'Try again later.';
  return `Twitch gave no code to sign in with: ${detail}. ${cure}`;
}

function noGrantText(no: NoGrant): string {
  const sentences = {
    ended: 'Ended before anybody signed in',
    expired: 'The code expired before anybody signed in; run this again for a new one',
    refused:
      'Twitch no longer accepts the code: the sign-in was refused, or the code was already used; run this again for a new one',
  };
  const detail = no.kind === 'refused' ? ` (Twitch says: ${no.detail})` : '';
  return `${sentences[no.kind]}${detail}. Nothing was stored.`;
}
