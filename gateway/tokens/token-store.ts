import type { Token } from './token.ts';

/** A token as found, or left, in a store. */
export type StoredToken = {
  readonly token: Token;
  /** Different after each change, whoever made it; means nothing outside its store. */
  readonly version: string;
};

export type SaveResult =
  | { readonly kind: 'saved'; readonly stored: StoredToken }
  /** Somebody else was first; `stored`: what is there now, undefined if it was removed. */
  | { readonly kind: 'conflict'; readonly stored: StoredToken | undefined };

/** Where the token lives. It may have other writers: another gateway, `npm run authorize`, a sign-in service. */
export type TokenStore = {
  /** For people: the path, or the document's name. */
  readonly place: string;
  /**
   * What is there; undefined: nothing.
   *
   * @throws TokenStoreError
   */
  load(): Promise<StoredToken | undefined>;
  /**
   * Puts a token in place of the version it was made from; `over` undefined: there was none.
   *
   * Only somebody else's *token* is a conflict: anything else there is replaced. After an error the token may or may not
   * be there; saving it again is safe.
   *
   * @throws TokenStoreError
   */
  save(token: Token, over: string | undefined): Promise<SaveResult>;
  /** Calls when what is there is not what `load` or `save` last gave; once for each change. @returns stops it */
  watch(onChange: () => void): () => void;
  /** Ends every watch; leaves no handle. May be called again. */
  close(): Promise<void>;
};

/**
 * The store cannot be used: `unreachable` may pass by itself, `denied` needs a permission or another place, `invalid`
 * holds something other than a token and may be overwritten. The message names the place and the cure, and no value.
 */
export class TokenStoreError extends Error {
  override readonly name = 'TokenStoreError';
  readonly kind: 'unreachable' | 'denied' | 'invalid';

  constructor(kind: TokenStoreError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}
