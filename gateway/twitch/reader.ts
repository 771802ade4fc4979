import type { Random } from '../clock.ts';
import { accountIdentity, anonymousIdentity, type Identity } from './identity.ts';

/** As whom chat is read. */
export type Reader = {
  /** The login; undefined: anonymously. */
  readonly account: string | undefined;
  /** When a login was wanted and this is not it: why, and the cure. */
  readonly complaint: string | undefined;
  /** One for each connection. */
  identity(random: Random): Identity;
};

/** @param token with or without `oauth:`; undefined: none is known */
export function chooseReader(account: string | undefined, token: string | undefined): Reader {
  if (account === undefined) return anonymousReader(undefined);
  if (token === undefined) {
    return anonymousReader(
      `reading anonymously: ${account} has no token; set TWITCH_BOT_ACCESS_TOKEN and restart`,
    );
  }
  return { account, complaint: undefined, identity: () => accountIdentity(account, token) };
}

/** The reader that follows one whose login was refused with these words. */
export function afterRefusal({ account, complaint }: Reader, words: string): Reader {
  if (account === undefined) return anonymousReader(complaint);
  const cure = 'set a valid TWITCH_BOT_ACCESS_TOKEN of this account and restart';
  return anonymousReader(`reading anonymously: Twitch refused the login of ${account} ("${words}"); ${cure}`);
}

function anonymousReader(complaint: string | undefined): Reader {
  return { account: undefined, complaint, identity: anonymousIdentity };
}
