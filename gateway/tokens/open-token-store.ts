import type { Clock } from '../clock.ts';
import type { TokenStore } from './token-store.ts';
import { openTokenFile } from './token-file.ts';
import { openTokenDocument } from './token-firestore.ts';

export type TokenStoreConfig = {
  readonly TOKEN_STORE: 'file' | 'firestore';
  readonly TOKEN_FILE: string;
  /** A Firestore collection; the token is its document `token`. */
  readonly TOKEN_DOC_PATH: string;
  /** "": the environment tells. */
  readonly GOOGLE_CLOUD_PROJECT: string;
};

/** Opens the store that TOKEN_STORE names; nothing is read, and no Google client loaded, before it is needed. */
export function openTokenStore(config: TokenStoreConfig, clock: Clock): TokenStore {
  if (config.TOKEN_STORE === 'file') return openTokenFile(config.TOKEN_FILE, clock);
  return openTokenDocument(config.TOKEN_DOC_PATH, config.GOOGLE_CLOUD_PROJECT, clock);
}
