import type { Random } from '../clock.ts';
import { accountIdentity, anonymousIdentity, type Identity } from './identity.ts';

const CURE = 'sign in with npm run authorize, or set a valid TWITCH_BOT_ACCESS_TOKEN and restart';

/** Who reads chat. */
export type Account = {
  /** Undefined: anonymously. */
  readonly login: string | undefined;
  /** If a login was wanted and this is not it: why, and the cure. */
  readonly complaint: string | undefined;
  /** One for each connection. */
  identity(random: Random): Identity;
};

/** @param token with or without `oauth:`; undefined: none is known */
export function chooseAccount(login: string | undefined, token: string | undefined): Account {
  if (login === undefined) return anonymous(undefined);
  if (token === undefined) {
    return anonymous(`reading anonymously: ${login} has no valid token; ${CURE}`);
  }
  return { login, complaint: undefined, identity: () => accountIdentity(login, token) };
}

/** The account to read as after a login was refused with these words. */
export function afterRefusal({ login, complaint }: Account, words: string): Account {
  if (login === undefined) return anonymous(complaint);
  return anonymous(`reading anonymously: Twitch refused the login of ${login} ("${words}"); ${CURE}`);
}

/** `anonymous` or the login. */
export function nameOf({ login }: Account): string {
  return login ?? 'anonymous';
}

function anonymous(complaint: string | undefined): Account {
  return { login: undefined, complaint, identity: anonymousIdentity };
}
