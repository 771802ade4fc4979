import { TokenStoreError, type SaveResult, type TokenStore } from '../../gateway/tokens/token-store.ts';
import type { Token } from '../../gateway/tokens/token.ts';
import { NotDone } from './not-done.ts';
import { persistently, type Surroundings } from './persistently.ts';

/** A writer that is always faster than we are does not want another token. */
const CONFLICTS = 5;

export type KeepOptions = Surroundings & {
  readonly store: TokenStore;
  readonly onNotice: (sentence: string) => void;
};

/**
 * The version that a new token is to replace; undefined: nothing is there, or nothing that is a token.
 *
 * @throws TokenStoreError when the store cannot be used
 */
export async function versionThere(store: TokenStore): Promise<string | undefined> {
  try {
    return (await store.load())?.version;
  } catch (error) {
    if (error instanceof TokenStoreError && error.kind === 'invalid') return undefined;
    throw error;
  }
}

/**
 * Saves a token that somebody has just signed in for over whatever is there: none can be newer.
 *
 * @param over what `versionThere` said
 * @throws TokenStoreError, NotDone
 */
export async function keepToken(token: Token, over: string | undefined, options: KeepOptions): Promise<void> {
  let version = over;
  for (let conflicts = 0; conflicts < CONFLICTS; conflicts++) {
    const result = await saveToken(token, version, options);
    if (result.kind === 'saved') return;
    version = result.stored?.version;
  }
  throw new NotDone(
    `Somebody else keeps writing to ${options.store.place}. The token is not stored; try again.`,
  );
}

/**
 * Saves a token over one version, several times if the store cannot be reached.
 *
 * @throws TokenStoreError
 */
export async function saveToken(
  token: Token,
  over: string | undefined,
  { store, onNotice, ...surroundings }: KeepOptions,
): Promise<SaveResult> {
  const onTrouble = () => onNotice(`${store.place} cannot be reached; trying again.`);
  const result = await persistently(() => trySave(store, token, over), onTrouble, surroundings);
  if (result instanceof TokenStoreError) throw result;
  return result;
}

async function trySave(
  store: TokenStore,
  token: Token,
  over: string | undefined,
): Promise<SaveResult | TokenStoreError> {
  try {
    return await store.save(token, over);
  } catch (error) {
    if (error instanceof TokenStoreError) return error;
    throw error;
  }
}
