import { hasEmbeddedStore, readStored } from '../gateway/bus/embedded-reader.ts';
import type { Lack } from '../gateway/bus/nats-reader.ts';
import type { ReadOptions, StoredMessage } from '../gateway/bus/stored-message.ts';
import { readSettings, type Environment, type Name } from '../gateway/config.ts';
import { natsSettings } from '../gateway/nats-settings.ts';
import { subjectsFor } from '../shared/subjects.ts';
import { BadUse } from './bad-use.ts';

export type Wanted = Omit<ReadOptions, 'subject'> & {
  readonly deadLetters: boolean;
  readonly onNotice: (sentence: string) => void;
};

export type Stored = {
  readonly messages: AsyncIterable<StoredMessage>;
  readonly subject: string;
  /** Where it is read, for a notice. */
  readonly place: string;
  /** Why nothing is stored yet: there is nothing to read from, or it does not take the subject; undefined: it may be. */
  readonly lacks: 'store' | Lack | undefined;
};

const NATS_NAMES = [
  'NATS_URL',
  'NATS_CREDS_FILE',
  'NATS_STREAM',
  'NATS_STREAM_MAX_AGE_S',
  'NATS_STREAM_REPLICAS',
] as const;

/**
 * What is stored on the bus that the environment names; the place to begin is fixed when this resolves.
 *
 * @throws BadUse, StoreError, BusReadError; the last two while reading as well
 */
export async function openStored(env: Environment, wanted: Wanted): Promise<Stored> {
  const { MESSAGE_BUS_DRIVER, BUS_PREFIX } = settings(env, wanted, ['MESSAGE_BUS_DRIVER', 'BUS_PREFIX']);
  const { ingress, deadLetter } = subjectsFor(BUS_PREFIX);
  const subject = wanted.deadLetters ? deadLetter : ingress;
  return MESSAGE_BUS_DRIVER === 'nats'
    ? openNats(env, { ...wanted, subject })
    : openEmbedded(env, { ...wanted, subject });
}

type Reading = Wanted & { readonly subject: string };

function openEmbedded(env: Environment, wanted: Reading): Stored {
  const { DATA_DIR: dataDir } = settings(env, wanted, ['DATA_DIR']);
  const messages = readStored({ ...wanted, dataDir });
  const lacks = hasEmbeddedStore(dataDir) ? undefined : 'store';
  return { messages, subject: wanted.subject, place: dataDir, lacks };
}

async function openNats(env: Environment, wanted: Reading): Promise<Stored> {
  const { servers, stream } = natsSettings(settings(env, wanted, NATS_NAMES));
  const { readNats } = await import('../gateway/bus/nats-reader.ts');
  const { messages, lacks } = await readNats({ ...wanted, servers, stream: stream.name });
  const place = `${stream.name} at ${servers.address.servers.join(', ')}`;
  return { messages, subject: wanted.subject, place, lacks };
}

function settings<N extends Name>(env: Environment, { onNotice }: Wanted, names: readonly N[]) {
  const reading = readSettings(env, names);
  if (!reading.ok) throw new BadUse(reading.problems.join('\n'));
  reading.warnings.forEach((warning) => onNotice(warning));
  return reading.config;
}
