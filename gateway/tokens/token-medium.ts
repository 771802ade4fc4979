import { TokenStoreError, type SaveResult, type StoredToken, type TokenStore } from './token-store.ts';
import type { Token, TokenReading } from './token.ts';

/** What is where the token should be. */
export type Content = { readonly version: string; readonly reading: TokenReading };

/** What a place must be able to do for tokens to live there. Whatever it throws is a TokenStoreError. */
export type TokenMedium = {
  /** For people. */
  readonly place: string;
  /** Undefined: nothing is there. */
  read(): Promise<Content | undefined>;
  /** Overwrites that version (undefined: nothing) and returns the new one; undefined: something else is there. */
  write(token: Token, over: string | undefined): Promise<string | undefined>;
  /** Tells which version is there, soon and after each change; undefined: nothing. @returns stops it */
  watch(onSight: (version: string | undefined) => void): () => void;
  close(): Promise<void>;
};

/** A few writers that come between are bad luck; with more than that it is no token store. */
const SAVE_ATTEMPTS = 4;

/** Versions are strings or undefined: this is neither. */
const NOT_YET = Symbol('not yet');

/** The rules that hold wherever the token lives: what a conflict is, and what counts as a change by somebody else. */
export function storeOn(medium: TokenMedium): TokenStore {
  let known: string | undefined | typeof NOT_YET = NOT_YET;
  let lastSave: Promise<unknown> = Promise.resolve();

  async function load(): Promise<StoredToken | undefined> {
    known = NOT_YET;
    const content = await medium.read();
    known = content?.version;
    if (!content) return undefined;
    const { version, reading } = content;
    if (reading.ok) return { token: reading.token, version };
    throw new TokenStoreError('invalid', `${medium.place} holds no token: ${reading.problem}. ${SIGN_IN}`);
  }

  async function save(token: Token, over: string | undefined): Promise<SaveResult> {
    const result = await savedOrConflict(medium, token, over);
    known = result.stored?.version;
    return result;
  }

  function watch(onChange: () => void): () => void {
    let seen: typeof known = NOT_YET;
    async function onSight(version: string | undefined): Promise<void> {
      // What is seen during a save may be what it wrote.
      await lastSave;
      const isNews = version !== known && version !== seen;
      seen = version;
      if (isNews) onChange();
    }
    return medium.watch((version) => void onSight(version));
  }

  return {
    place: medium.place,
    load,
    save(token, over) {
      const saving = lastSave.then(() => save(token, over));
      lastSave = saving.catch(() => undefined);
      return saving;
    },
    watch,
    close: () => medium.close(),
  };
}

const SIGN_IN = 'Sign in again: npm run authorize';

async function savedOrConflict(
  medium: TokenMedium,
  token: Token,
  over: string | undefined,
): Promise<SaveResult> {
  let replaced = over;
  for (let attempt = 0; attempt < SAVE_ATTEMPTS; attempt++) {
    const version = await medium.write(token, replaced);
    if (version !== undefined) return { kind: 'saved', stored: { token, version } };
    const content = await medium.read();
    if (!content) return { kind: 'conflict', stored: undefined };
    if (content.reading.ok) return whose({ token: content.reading.token, version: content.version }, token);
    replaced = content.version;
  }
  throw new TokenStoreError(
    'unreachable',
    `${medium.place} is changed by others all the time; it is tried again later.`,
  );
}

/** A write that is repeated because its answer was lost finds its own token there. */
function whose(stored: StoredToken, ours: Token): SaveResult {
  return { kind: stored.token.accessToken === ours.accessToken ? 'saved' : 'conflict', stored };
}
