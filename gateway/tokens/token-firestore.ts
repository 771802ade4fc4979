import type { Clock } from '../clock.ts';
import { codeOf, openFirestoreDocument, type FirestoreDocument } from './firestore-document.ts';
import { fieldsOf } from './firestore-fields.ts';
import { GoogleAccessError } from '../secrets/google-access.ts';
import { TokenStoreError, type TokenStore } from './token-store.ts';
import { storeOn, type TokenMedium } from './token-medium.ts';
import { readToken } from './token.ts';

const RELISTEN_MS = 1000;
const RELISTEN_MAX_MS = 60_000;

const NOT_YET = (): void => {};

/**
 * A token in the document `token` of a Firestore collection, where a sign-in service may keep it, too: its other members
 * are left alone. Of two that save at once, one is told of a conflict, by the document's time of update.
 *
 * @param projectId "": that of the environment
 */
export function openTokenDocument(collection: string, projectId: string, clock: Clock): TokenStore {
  const path = `${collection}/token`;
  return storeOn(documentMedium(path, () => openFirestoreDocument(path, projectId, clock), clock));
}

/** `open` is called when the document is first needed, and again after it failed. */
export function documentMedium(
  path: string,
  open: () => Promise<FirestoreDocument>,
  clock: Clock,
): TokenMedium {
  const place = `Firestore document ${path}`;
  const stops = new Set<() => void>();
  let opened: Promise<FirestoreDocument> | undefined;
  let isClosed = false;

  async function document(): Promise<FirestoreDocument> {
    if (isClosed) throw new TokenStoreError('unreachable', `${place}: the store was closed.`);
    opened ??= open();
    try {
      return await opened;
    } catch (error) {
      opened = undefined;
      throw error;
    }
  }

  async function classified<T>(work: (document: FirestoreDocument) => Promise<T>): Promise<T> {
    try {
      return await work(await document());
    } catch (error) {
      throw error instanceof TokenStoreError ? error : failure(place, error);
    }
  }

  return {
    place,
    read: () =>
      classified(async (firestore) => {
        const found = await firestore.get();
        return found && { version: found.version, reading: readToken(found.document) };
      }),
    write: (token, over) => classified((firestore) => firestore.write(fieldsOf(token, clock.date()), over)),
    watch(onSight) {
      const stop = keepListening(document, clock, onSight);
      stops.add(stop);
      return stop;
    },
    async close() {
      for (const stop of stops) stop();
      isClosed = true;
      await opened?.then((firestore) => firestore.close()).catch(() => undefined);
    },
  };
}

/** Listens again after each end; whoever loads or saves is told the reason. */
function keepListening(
  document: () => Promise<FirestoreDocument>,
  clock: Clock,
  onSight: (version: string | undefined) => void,
): () => void {
  let failures = 0;
  let stop: (() => void) | undefined = NOT_YET;

  async function listen(): Promise<void> {
    try {
      const firestore = await document();
      if (stop) stop = firestore.listen(heard, again);
    } catch {
      again();
    }
  }

  function heard(version: string | undefined): void {
    failures = 0;
    onSight(version);
  }

  function again(): void {
    if (!stop) return;
    // No jitter: the few gateways of one account are no crowd.
    stop = clock.after(Math.min(RELISTEN_MAX_MS, RELISTEN_MS * 2 ** failures++), () => void listen());
  }

  void listen();
  return () => {
    stop?.();
    stop = undefined;
  };
}

/** By the gRPC code; the client's own words are not passed on. */
function failure(place: string, error: unknown): TokenStoreError {
  if (error instanceof GoogleAccessError) return new TokenStoreError('denied', `${place}: ${error.message}`);
  const code = codeOf(error);
  const [kind, sentence] = FAILURES.get(code) ?? ['unreachable', 'Firestore did not answer.'];
  return new TokenStoreError(kind, `${place}: ${sentence} (gRPC code ${code ?? 'none'})`);
}

const FAILURES: ReadonlyMap<number | undefined, readonly [TokenStoreError['kind'], string]> = new Map([
  [
    3,
    [
      'denied',
      'Firestore does not accept this as the name of a document. Check TOKEN_DOC_PATH and GOOGLE_CLOUD_PROJECT.',
    ],
  ],
  [4, ['unreachable', 'Firestore did not answer in time. Can it be reached from here?']],
  [
    5,
    [
      'denied',
      'the project has no Firestore database. Make one: gcloud firestore databases create --location LOCATION',
    ],
  ],
  [
    7,
    [
      'denied',
      'Firestore refuses this account. Grant the right: gcloud projects add-iam-policy-binding PROJECT ' +
        '--member serviceAccount:ACCOUNT --role roles/datastore.user',
    ],
  ],
  [8, ['unreachable', 'the quota of Firestore is used up.']],
  [14, ['unreachable', 'Firestore cannot be reached.']],
  [16, ['denied', 'Firestore does not accept these Google credentials. Use others.']],
]);
