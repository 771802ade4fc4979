import type { Token } from '../../gateway/tokens/token.ts';
import type { TwitchIdFailure, ValidToken } from '../../gateway/credentials/twitch-id.ts';
import { inWords, whyUseless } from './account.ts';

/** `isGood`: the gateway reads with the token, by itself and for as long as the account lets it. */
export type Finding = { readonly isGood: boolean; readonly sentence: string };

export type Circumstances = {
  /** The account that the gateway should read as; "": any. */
  readonly login: string;
  /** There is an app to refresh tokens with. */
  readonly hasApp: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
};

export const SIGN_IN = 'sign in again with npm run authorize';

export function good(sentence: string): Finding {
  return { isGood: true, sentence };
}

export function bad(sentence: string): Finding {
  return { isGood: false, sentence };
}

/** Twitch accepts the token; whether it is of use now, and later. */
export function ofValid(valid: ValidToken, token: Token, { login, hasApp, now }: Circumstances): Finding {
  const who = inWords(valid, now);
  const useless = whyUseless(valid, login);
  if (useless !== undefined) return bad(`${who}\nThe gateway reads anonymously: ${useless}.`);
  const hindrance = valid.expiresIn === null ? undefined : whyNoRefresh(token, hasApp);
  if (hindrance !== undefined) return bad(`${who}\nAfter that the gateway reads anonymously: ${hindrance}.`);
  return good(who);
}

/** Twitch did not say that the token is valid. */
export function unchecked({ kind, detail }: TwitchIdFailure): Finding {
  return kind === 'refused'
    ? bad(`Twitch does not accept the token: ${detail}; ${SIGN_IN}.`)
    : bad(`The token could not be checked: ${detail}. Try again later.`);
}

/** undefined: it can be refreshed. */
export function whyNoRefresh({ refreshToken }: Token, hasApp: boolean): string | undefined {
  if (refreshToken === '') return `it cannot be refreshed; ${SIGN_IN}`;
  return hasApp ? undefined : 'TWITCH_CLIENT_ID is not set, without which it cannot be refreshed';
}
