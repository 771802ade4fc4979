/** What a PASS was worth; the token itself is kept nowhere. */
export type Pass = 'absent' | 'malformed' | 'accepted' | 'refused';

/** @param tokens those that log in, without `oauth:`; undefined: any */
export function judgePass(pass: string, tokens: ReadonlySet<string> | undefined): Pass {
  if (!/^oauth:./.test(pass)) return 'malformed';
  return !tokens || tokens.has(pass.slice('oauth:'.length)) ? 'accepted' : 'refused';
}

/** The NOTICE that refuses a login; undefined: it may come in. */
export function loginRefusal(login: string, pass: Pass): string | undefined {
  if (isAnonymous(login) || pass === 'accepted') return undefined;
  return pass === 'refused' ? 'Login authentication failed' : 'Improperly formatted auth';
}

/** Twitch lets anyone read who logs in as `justinfan` and a number. */
export function isAnonymous(login: string): boolean {
  return /^justinfan\d+$/.test(login);
}
