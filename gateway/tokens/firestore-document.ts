import type { FirestoreClient, protos } from '@google-cloud/firestore-api';
import type { Clock } from '../clock.ts';
import {
  documentOf,
  isBefore,
  updateTimeOf,
  versionOf,
  type Fields,
  type Timestamp,
} from './firestore-fields.ts';
import { emulatorOf, googleClient, googleProject } from '../secrets/google-access.ts';

/** gRPC status codes: https://grpc.io/docs/guides/status-codes/ */
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const FAILED_PRECONDITION = 9;

const CALL_MS = 10_000;
/** A link may die without a word: replacing the stream finds out. */
const LISTEN_MS = 600_000;
const TARGET = 1;

export type FoundDocument = { readonly version: string; readonly document: Record<string, unknown> };

/** One Firestore document. Calls end within 10 s and are made once; they throw what the client throws. */
export type FirestoreDocument = {
  /** Undefined: it does not exist. */
  get(): Promise<FoundDocument | undefined>;
  /**
   * Sets these members and leaves others alone, if it still has that version (undefined: if it does not exist).
   * Returns the new version; undefined: it has another one.
   */
  write(fields: Fields, over: string | undefined): Promise<string | undefined>;
  /**
   * Tells the current version, soon and after each change (undefined: it does not exist), until `onEnd`, which comes
   * once: on an error, or after ten minutes. @returns stops it; neither is called after that
   */
  listen(onSight: (version: string | undefined) => void, onEnd: () => void): () => void;
  close(): Promise<void>;
};

/**
 * Loads the client, signs in and finds the project; asks Firestore nothing yet.
 *
 * This is the generated client beneath `@google-cloud/firestore`, which goes on trying for minutes after a deadline and
 * cannot be closed meanwhile.
 *
 * @param projectId "": that of the environment
 * @throws GoogleAccessError
 */
export async function openFirestoreDocument(
  path: string,
  projectId: string,
  clock: Clock,
): Promise<FirestoreDocument> {
  const project = projectId || (await googleProject(clock));
  const client = await openClient(project, clock);
  const database = `projects/${project}/databases/(default)`;
  const name = `${database}/documents/${path}`;
  return {
    get: () => get(client, name),
    write: (fields, over) => write(client, database, name, fields, over),
    listen: (onSight, onEnd) => listen(client, database, name, onSight, onEnd),
    close: () => client.close(),
  };
}

async function openClient(projectId: string, clock: Clock): Promise<FirestoreClient> {
  const emulator = emulatorOf('FIRESTORE_EMULATOR_HOST');
  if (emulator !== undefined) return openEmulated(new URL(`http://${emulator}`), projectId);
  // Without credentials of its own the client would look for some, and end the process where there are none.
  const authClient = await googleClient(clock);
  const { FirestoreClient } = await import('@google-cloud/firestore-api');
  return new FirestoreClient({ projectId, authClient });
}

async function openEmulated({ hostname, port }: URL, projectId: string): Promise<FirestoreClient> {
  const { FirestoreClient } = await import('@google-cloud/firestore-api');
  const { PassThroughClient } = await import('google-auth-library');
  const { grpc } = await import('google-gax');
  return new FirestoreClient({
    projectId,
    servicePath: hostname,
    port: Number(port || 80),
    sslCreds: grpc.credentials.createInsecure(),
    authClient: new PassThroughClient(),
  });
}

/** The generated client would retry for ten minutes; whoever asks has a backoff of their own. */
const ONCE = { timeout: CALL_MS, retry: { retryCodes: [] } };

async function get(client: FirestoreClient, name: string): Promise<FoundDocument | undefined> {
  try {
    const [found] = await client.getDocument({ name }, ONCE);
    return { version: versionOf(found.updateTime), document: documentOf(found.fields ?? {}) };
  } catch (error) {
    if (codeOf(error) === NOT_FOUND) return undefined;
    throw error;
  }
}

async function write(
  client: FirestoreClient,
  database: string,
  name: string,
  fields: Fields,
  over: string | undefined,
): Promise<string | undefined> {
  const currentDocument = over === undefined ? { exists: false } : { updateTime: updateTimeOf(over) };
  const updateMask = { fieldPaths: Object.keys(fields) };
  try {
    const [answer] = await client.commit(
      { database, writes: [{ update: { name, fields }, updateMask, currentDocument }] },
      ONCE,
    );
    return versionOf(answer.writeResults?.[0]?.updateTime);
  } catch (error) {
    if ([NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION].includes(codeOf(error) ?? -1)) return undefined;
    throw error;
  }
}

function listen(
  client: FirestoreClient,
  database: string,
  name: string,
  onSight: (version: string | undefined) => void,
  onEnd: () => void,
): () => void {
  let isOver = false;
  let changed: Timestamp | null | undefined;
  const headers = { 'google-cloud-resource-prefix': database };
  const stream = client.listen({ timeout: LISTEN_MS, otherArgs: { headers } });
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    stream.cancel();
    onEnd();
  };
  stream.on('data', (answer: protos.google.firestore.v1.IListenResponse) => {
    if (isOver) return;
    const gone = answer.documentDelete ?? answer.documentRemove;
    if (answer.documentChange) {
      changed = answer.documentChange.document?.updateTime;
      onSight(versionOf(changed));
    } else if (gone) {
      // The initial state may arrive after the first change.
      if (!isBefore(gone.readTime, changed)) onSight(undefined);
    } else if (answer.targetChange?.targetChangeType === 'REMOVE') end();
  });
  stream.on('error', end).on('end', end).on('close', end);
  stream.write({ database, addTarget: { targetId: TARGET, documents: { documents: [name] } } });
  return () => {
    isOver = true;
    stream.cancel();
  };
}

/** The gRPC code; undefined: the error comes from elsewhere. */
export function codeOf(error: unknown): number | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code : undefined;
}
