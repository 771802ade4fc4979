import type { Random } from '../clock.ts';

/** Who reads. The token lives in a closure, so that printing or serialising an identity cannot show it. */
export type Identity = {
  readonly nick: string;
  /** The lines that authenticate, PASS before NICK as Twitch demands. */
  authentication(): readonly string[];
  /** What a server said, without the token if it repeated that: its words are shown. */
  conceal(words: string): string;
};

/** @param token a user access token, with or without `oauth:` */
export function accountIdentity(login: string, token: string): Identity {
  const secret = token.replace(/^oauth:/, '');
  return {
    nick: login,
    authentication: () => [`PASS oauth:${secret}`, `NICK ${login}`],
    conceal: (words) => words.replaceAll(secret, '[redacted]'),
  };
}

/** Twitch lets anyone read who logs in as `justinfan` and a number, without a PASS. */
export function anonymousIdentity(random: Random): Identity {
  const nick = `justinfan${10_000 + Math.floor(random() * 90_000)}`;
  return { nick, authentication: () => [`NICK ${nick}`], conceal: (words) => words };
}
