import type { RefreshFailure } from './credentials-state.ts';
import type { TwitchIdFailure } from './twitch-id.ts';

/** What happens to the account's token and is worth telling; never a secret. */
export type CredentialEvents = {
  /** @param expiresAt milliseconds since 1970; null: not known */
  tokenRefreshed(expiresAt: number | null): void;
  refreshFailed(failure: RefreshFailure): void;
  /** @param place where it was found */
  tokenAdopted(place: string): void;
  /** @param sentence with the place and the cure */
  storeFailed(sentence: string): void;
  tokenValidated(login: string, expiresInS: number | null): void;
  validationFailed(kind: TwitchIdFailure['kind'], status: number | null): void;
  /** A person must act. @param sentence says how */
  needsPerson(sentence: string): void;
  /** A token is now in use. @param expiresAt when it ends, milliseconds since 1970; null: not known, or none is in use */
  tokenInUse(expiresAt: number | null): void;
};
