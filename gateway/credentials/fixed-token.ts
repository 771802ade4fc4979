import type { StoredToken, TokenStore } from '../tokens/token-store.ts';

/**
 * A token from the settings, which cannot be refreshed, as a store that nobody writes.
 *
 * @param readAgain the token as it is now where it came from; undefined: it stays as it was
 */
export function fixedToken(
  place: string,
  accessToken: string,
  readAgain: () => Promise<string | undefined>,
): TokenStore {
  const load = async () => storedAs((await readAgain()) ?? accessToken);
  return {
    place,
    load,
    save: async () => ({ kind: 'conflict', stored: await load() }),
    watch: () => () => {},
    close: async () => {},
  };
}

/** Nothing is known about it except that it is there. */
export function storedAs(accessToken: string): StoredToken {
  const unknown = { refreshToken: '', scope: [], expiresIn: null, obtainmentTimestamp: 0, userId: '' };
  return { token: { accessToken, ...unknown }, version: '' };
}
