import type { Clock } from '../clock.ts';
import { settledWithin } from '../settled-within.ts';
import type { StoredToken, TokenStore } from './token-store.ts';
import { isSameToken, type Token } from './token.ts';

/** Until Twitch has answered the other one, and the store has the answer. */
const PAUSES_MS = [1000, 2000];

/**
 * What somebody else put in place of a token whose refresh was refused: where a refresh token works only once, the
 * second to use it is refused, perhaps before the first has stored what it was given. Looks three times in 3 s.
 *
 * @param ended ends the waiting
 * @returns undefined: nothing
 * @throws TokenStoreError
 */
export async function successorOf(
  token: Token,
  store: TokenStore,
  clock: Clock,
  ended: Promise<unknown>,
): Promise<StoredToken | undefined> {
  for (const ms of PAUSES_MS) {
    const stored = await other(token, store);
    if (stored) return stored;
    await settledWithin(ended, ms, clock);
  }
  return other(token, store);
}

async function other(token: Token, store: TokenStore): Promise<StoredToken | undefined> {
  const stored = await store.load();
  return stored && !isSameToken(stored.token, token) ? stored : undefined;
}
