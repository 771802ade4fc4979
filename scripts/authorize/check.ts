import { expiresAt, type Token } from '../../gateway/tokens/token.ts';
import type { TwitchIdFailure, ValidToken } from '../../gateway/credentials/twitch-id.ts';
import { timeText } from './account.ts';
import {
  bad,
  good,
  ofValid,
  SIGN_IN,
  unchecked,
  whyNoRefresh,
  type Circumstances,
  type Finding,
} from './finding.ts';

export type CheckOptions = Circumstances & {
  readonly validate: (accessToken: string) => Promise<ValidToken | TwitchIdFailure>;
};

/** Asks Twitch about a stored token and says what the gateway would do with it. Changes nothing. */
export async function check(token: Token, options: CheckOptions): Promise<Finding> {
  const answer = await options.validate(token.accessToken);
  if (answer.ok) return ofValid(answer, token, options);
  return answer.status === 401 ? ofInvalid(token, options) : unchecked(answer);
}

/** Twitch says the same about a token that has run out and one that was revoked; its own lifetime tells them apart. */
function ofInvalid(token: Token, { hasApp, now }: Circumstances): Finding {
  const hindrance = whyNoRefresh(token, hasApp);
  const end = expiresAt(token);
  const what =
    end !== null && end <= now
      ? `The access token ran out at ${timeText(end)}.`
      : 'Twitch no longer accepts the access token, although it has not run out.';
  if (hindrance !== undefined) return bad(`${what} The gateway reads anonymously: ${hindrance}.`);
  if (end !== null && end <= now) return good(`${what} The gateway refreshes it when it needs it.`);
  return bad(
    `${what} If the account has revoked it, the gateway reads anonymously: ${SIGN_IN}, or see with npm run refresh-token.`,
  );
}
