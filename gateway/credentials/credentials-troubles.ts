import { isUsable, type Held, type State } from './credentials-state.ts';

/** Twitch wants a validation each hour; a quarter later it counts as missing. */
const VALIDATION_OVERDUE_MS = 75 * 60 * 1000;

/** How long before it runs out a person is told of a token that cannot be refreshed. */
const NOTICE_MS = 60 * 60 * 1000;

/** A sentence for the operator: what is wrong with the token, and the cure. */
export type Trouble = {
  readonly sentence: string;
  /** Needs a person; undefined: it passes by itself. */
  readonly lasting: 'foreign' | 'revoked' | 'refused_by_chat' | 'app_refused' | 'run_out' | undefined;
};

/** What the sentences name. */
export type Wording = {
  /** TWITCH_BOT_USERNAME. */
  readonly login: string;
  /** Where the token lives. */
  readonly place: string;
  /** How to get another token. */
  readonly cure: string;
  /** There is an app to refresh tokens with. */
  readonly hasApp: boolean;
};

/** What is wrong with the token; none: nothing, or there is no token to speak of. */
export function troublesOf(state: State, wording: Wording, now: number): readonly Trouble[] {
  const { held } = state;
  const troubles = [
    state.storeError === undefined ? undefined : storeTrouble(state, state.storeError),
    held && (accessTrouble(state, held, wording) ?? grantTrouble(state, held, wording, now)),
    held && validationTrouble(state, held, now),
  ];
  return troubles.filter((trouble) => trouble !== undefined);
}

function storeTrouble({ refreshed }: State, storeError: string): Trouble {
  return passing(refreshed ? `the new token is not used before it is saved: ${storeError}` : storeError);
}

function accessTrouble(
  { chatRefusals }: State,
  { access, grant }: Held,
  { login, place, cure }: Wording,
): Trouble | undefined {
  if (access.kind === 'foreign')
    return lasting(
      'foreign',
      `the token in ${place} belongs to ${access.login}, TWITCH_BOT_USERNAME is ${login}; ${cure}`,
    );
  if (access.kind === 'revoked' && grant.kind === 'absent')
    return lasting('revoked', `Twitch no longer accepts the token of ${login}; ${cure}`);
  if (access.kind === 'refused_by_chat' && chatRefusals.count > 1)
    return lasting(
      'refused_by_chat',
      `chat refuses the token of ${login}, which Twitch accepts: perhaps it lacks the scope chat:read; ${cure}`,
    );
  return undefined;
}

function grantTrouble(
  { refreshError }: State,
  held: Held,
  wording: Wording,
  now: number,
): Trouble | undefined {
  const { grant } = held;
  const { login, cure } = wording;
  const token = `the token of ${login}, which ${lifeOf(held, now)},`;
  if (grant.kind === 'refused' && grant.status === 403)
    return lasting(
      'app_refused',
      `${token} cannot be refreshed: Twitch refuses TWITCH_CLIENT_SECRET with TWITCH_CLIENT_ID (status 403); correct them`,
    );
  if (grant.kind === 'refused')
    return lasting(
      'revoked',
      `${token} cannot be refreshed: Twitch refuses it (${inWords(grant.status)}); ${cure}`,
    );
  if (grant.kind === 'absent' && now >= held.runsOutAt - NOTICE_MS)
    return lasting('run_out', `${token} cannot be refreshed: ${whyAbsent(wording)}; ${cure}`);
  if (!refreshError && held.access.kind === 'revoked')
    return passing(
      `Twitch does not accept the token of ${login} that it gave; another one is asked for automatically`,
    );
  if (!refreshError) return undefined;
  const { kind, status } = refreshError;
  return passing(
    `${token} cannot be refreshed now (${kind}, ${inWords(status)}); this is retried automatically`,
  );
}

function validationTrouble({ validatedAt }: State, held: Held, now: number): Trouble | undefined {
  const overdueMs = now - validatedAt;
  if (!isUsable(held, now) || overdueMs < VALIDATION_OVERDUE_MS) return undefined;
  const minutes = Math.floor(overdueMs / 60_000);
  return passing(`the token was not validated for ${minutes} minutes: Twitch's id service does not answer`);
}

function lifeOf({ access, runsOutAt }: Held, now: number): string {
  if (access.kind !== 'trusted') return 'no longer holds';
  if (runsOutAt === Infinity) return 'holds for now';
  return `${now < runsOutAt ? 'holds until' : 'ran out at'} ${new Date(runsOutAt).toISOString()}`;
}

function whyAbsent({ hasApp, place }: Wording): string {
  return hasApp ? `${place} holds no refresh token` : 'TWITCH_CLIENT_ID is not set';
}

function inWords(status: number | null): string {
  return status === null ? 'no answer' : `status ${status}`;
}

function lasting(cause: NonNullable<Trouble['lasting']>, sentence: string): Trouble {
  return { sentence, lasting: cause };
}

function passing(sentence: string): Trouble {
  return { sentence, lasting: undefined };
}
