import type { ValidToken } from '../../gateway/credentials/twitch-id.ts';
import { SCOPES } from './device-code.ts';

/** Why the gateway cannot read with this token, and the cure; undefined: it can. @param wanted "": any account */
export function whyUseless({ login, scopes }: ValidToken, wanted: string): string | undefined {
  if (wanted !== '' && login !== wanted)
    return `it is the token of ${login}, but TWITCH_BOT_USERNAME is ${wanted}: sign in as ${wanted}, or change that`;
  const missing = SCOPES.filter((scope) => !scopes.includes(scope));
  return missing.length > 0 ? `it lacks the scope ${missing.join(' ')}: sign in again` : undefined;
}

/** Two sentences: whose token it is, what it is for, and how long. @param now milliseconds since 1970 */
export function inWords({ login, userId, scopes, expiresIn }: ValidToken, now: number): string {
  const until = expiresIn === null ? 'does not expire' : `holds until ${timeText(now + expiresIn * 1000)}`;
  return `Signed in as ${login} (id ${userId}), scopes: ${scopes.join(' ') || 'none'}. The access token ${until}.`;
}

/** @param ms since 1970 */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
